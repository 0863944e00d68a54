import { NavLink, Outlet } from 'react-router';
import { useTranslations } from 'use-intl';
import { ConnectionBar } from '~/app/ConnectionBar';
import { navigation } from '~/app/navigation';
import { liveSocket } from '~/platform/live/liveSocket';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { useViewer } from '~/platform/session/sessionStore';
import { signOut } from '~/platform/session/signIn';
import { WorkplaceSettings } from '~/ui/page/WorkplaceSettings';

/** The frame of every page: who and where, the menu by permission, the connection bar. */
export function Shell() {
  const t = useTranslations('app');
  const viewer = useViewer();
  const may = usePermissions();
  return (
    <div className="ak-shell">
      <a className="ak-skip" href="#content">
        {t('skip')}
      </a>
      <header className="ak-header">
        <strong>{t('product')}</strong>
        <span className="ak-header-court">{viewer.court.name}</span>
        <span className="ak-header-space" />
        <WorkplaceSettings />
        <span className="ak-header-person">
          {viewer.name} · {viewer.roles.map((role) => role.title).join('、')}
        </span>
        <button type="button" className="ak-plain" onClick={() => void leave()}>
          {t('signOut')}
        </button>
      </header>
      <ConnectionBar />
      <div className="ak-body">
        <nav className="ak-nav" aria-label={t('menu')}>
          {navigation
            .filter((item) => !item.needs || may(item.needs))
            .map((item) => (
              <NavLink key={item.key} to={item.to} end={item.to === '/'}>
                {t(`nav.${item.key}`)}
              </NavLink>
            ))}
        </nav>
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}

async function leave(): Promise<void> {
  await signOut();
  liveSocket.stop();
  // A fresh page: nothing of this person stays in memory.
  window.location.assign('/');
}
