import { Button } from 'antd';
import { useEffect } from 'react';
import { isRouteErrorResponse, Link, useRouteError } from 'react-router';
import { useTranslations } from 'use-intl';
import { reloadOnceForNewVersion } from '~/platform/update/reloadOnce';
import { paths } from '~/platform/paths';

/** A page that broke or does not exist; the frame around it lives on. */
export function PageFailed() {
  const t = useTranslations('app');
  const error = useRouteError();
  const missing = isRouteErrorResponse(error) && error.status === 404;
  useEffect(
    function fetchTheNewVersion() {
      if (error instanceof TypeError && /dynamically imported module/.test(error.message)) reloadOnceForNewVersion();
    },
    [error],
  );
  return (
    <div className="ak-page">
      <h1>{missing ? t('missing.title') : t('broken.title')}</h1>
      <p>{missing ? t('missing.text') : t('broken.text')}</p>
      <div className="ak-actions">
        <Link to={paths.start()}>{t('toStart')}</Link>
        {missing ? null : <Button onClick={() => window.location.reload()}>{t('broken.reload')}</Button>}
      </div>
    </div>
  );
}
