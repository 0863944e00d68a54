import { type ReactNode, useEffect } from 'react';
import { useTranslations } from 'use-intl';

type Props = { title: string; actions?: ReactNode; intro?: ReactNode; children: ReactNode };

/** A page: one heading, its acts beside it, and the browser tab named after it. */
export function Page({ title, actions, intro, children }: Props) {
  const t = useTranslations('ui');
  useEffect(
    function nameTheTab() {
      document.title = `${title} · ${t('product')}`;
    },
    [title, t],
  );
  return (
    <div className="ak-page">
      <header className="ak-page-head">
        <div>
          <h1>{title}</h1>
          {intro ? <div className="ak-muted">{intro}</div> : null}
        </div>
        {actions ? <div className="ak-actions">{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}
