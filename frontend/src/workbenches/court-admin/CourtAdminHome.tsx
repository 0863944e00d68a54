import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { paths } from '~/platform/paths';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { Page } from '~/ui/page/Page';

/** The administrator's tasks, and the plain page for a role without a desk of its own. */
export function CourtAdminHome() {
  const t = useTranslations('home');
  const may = usePermissions();
  return (
    <Page title={t('admin.title')}>
      <ul className="ak-tasks">
        {may('case.register') ? (
          <li>
            <Link to={paths.importCases()}>{t('admin.importCases')}</Link>
          </li>
        ) : null}
        {may('fund_account.read') ? (
          <li>
            <Link to={paths.fundAccounts()}>{t('admin.fundAccounts')}</Link>
          </li>
        ) : null}
        {may('case.read') ? (
          <li>
            <Link to={paths.cases()}>{t('admin.cases')}</Link>
          </li>
        ) : null}
        {may('alarm.read') ? (
          <li>
            <Link to={paths.alarms()}>{t('admin.alarms')}</Link>
          </li>
        ) : null}
      </ul>
    </Page>
  );
}
