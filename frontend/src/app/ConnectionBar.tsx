import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { formatElapsed, formatInstant, nowMs } from '~/platform/clock';
import { useContact } from '~/platform/live/contact';
import { liveSocket } from '~/platform/live/liveSocket';
import { Button } from 'antd';

const QUIET_MS = 2_000;

/** Only when needed: since when there is no connection, how old the page's data are, and trying at once. */
export function ConnectionBar() {
  const t = useTranslations('app');
  const { socket, lostAt, lastAnswerAt } = useContact();
  const [now, setNow] = useState(nowMs);
  const lost = socket === 'lost' && lostAt !== null;
  useEffect(
    function countWhileLost() {
      if (!lost) return;
      const timer = setInterval(() => setNow(nowMs()), 1000);
      return () => clearInterval(timer);
    },
    [lost],
  );
  const away = lost ? now - lostAt : 0;
  const shown = lost && away > QUIET_MS;
  return (
    <div role="status" aria-live="polite" aria-atomic="false" className={shown ? 'ak-connection' : 'ak-closed'}>
      {shown ? (
        <>
          <strong>▲ {t('connection.lost')}</strong> <span aria-live="off">{formatElapsed(away)}</span>
          {lastAnswerAt ? (
            <span>{t('connection.asOf', { time: formatInstant(new Date(lastAnswerAt).toISOString(), 'second').slice(11) })}</span>
          ) : null}
          <Button size="small" onClick={() => liveSocket.restart()}>
            {t('connection.retry')}
          </Button>
        </>
      ) : null}
    </div>
  );
}
