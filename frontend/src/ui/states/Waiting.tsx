import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';

const SHOW_AFTER_MS = 300;

/** A quiet placeholder; short waits show nothing at all. */
export function Waiting() {
  const t = useTranslations('ui');
  const [shown, setShown] = useState(false);
  useEffect(function showAfterAWhile() {
    const timer = setTimeout(() => setShown(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="ak-waiting" role="status">
      {shown ? t('waiting') : null}
    </div>
  );
}
