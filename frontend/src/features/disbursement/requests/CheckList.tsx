import { useTranslations } from 'use-intl';
import type { CheckPart } from '~/features/disbursement/requests/parts';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

const ORDER = { BLOCK: 0, WARN: 1, PASS: 2 };

/** What blocks first, then hints, then what passed. */
export function CheckList({ checks }: { checks: readonly CheckPart[] }) {
  const t = useTranslations('disbursement');
  const sorted = [...checks].sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome]);
  const count = (outcome: CheckPart['outcome']) => checks.filter((one) => one.outcome === outcome).length;
  if (checks.length === 0) return <p className="ak-muted">{t('checks.none')}</p>;
  return (
    <>
      <p>{t('checks.summary', { pass: count('PASS'), warn: count('WARN'), block: count('BLOCK') })}</p>
      <ul className="ak-checks" aria-label={t('checks.title')}>
        {sorted.map((one) => (
          <li key={`${one.stage}${one.check}${one.at}`}>
            <StatusMark tone={toneOf(one.outcome)}>{t(`outcome.${one.outcome}`)}</StatusMark> <strong>{one.title}</strong>{' '}
            {one.reason}
          </li>
        ))}
      </ul>
    </>
  );
}
