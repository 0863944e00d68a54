import { useTranslations } from 'use-intl';
import { earlierRounds, latestRound } from '~/features/disbursement/requests/checkRules';
import type { CheckPart } from '~/features/disbursement/requests/parts';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

const ORDER = { BLOCK: 0, WARN: 1, PASS: 2 };

/** The latest round, what blocks first; the rounds before it folded away. */
export function CheckList({ checks }: { checks: readonly CheckPart[] }) {
  const t = useTranslations('disbursement');
  const latest = latestRound(checks);
  const earlier = earlierRounds(checks);
  if (checks.length === 0) return <p className="ak-muted">{t('checks.none')}</p>;
  return (
    <>
      <p>
        <CheckSummary checks={checks} />
      </p>
      <Round checks={latest} label={t('checks.title')} />
      {earlier.length > 0 ? (
        <details>
          <summary>{t('checks.earlier', { count: earlier.length })}</summary>
          <Round checks={earlier} label={t('checks.earlierTitle')} />
        </details>
      ) : null}
    </>
  );
}

/** How the latest round went, in one line, marked by the worst of it. */
export function CheckSummary({ checks }: { checks: readonly CheckPart[] }) {
  const t = useTranslations('disbursement');
  const latest = latestRound(checks);
  const count = (outcome: CheckPart['outcome']) => latest.filter((one) => one.outcome === outcome).length;
  const worst = (['BLOCK', 'WARN', 'PASS'] as const).find((outcome) => count(outcome) > 0) ?? 'PASS';
  return <StatusMark tone={toneOf(worst)}>{t('checks.summary', { pass: count('PASS'), warn: count('WARN'), block: count('BLOCK') })}</StatusMark>;
}

function Round({ checks, label }: { checks: readonly CheckPart[]; label: string }) {
  const t = useTranslations('disbursement');
  const sorted = [...checks].sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome]);
  return (
    <ul className="ak-checks" aria-label={label}>
      {sorted.map((one) => (
        <li key={`${one.stage}${one.check}${one.at}`}>
          <StatusMark tone={toneOf(one.outcome)}>{t(`outcome.${one.outcome}`)}</StatusMark> <strong>{one.title}</strong> {one.reason}
        </li>
      ))}
    </ul>
  );
}
