import { useTranslations } from 'use-intl';
import { capitals } from '~/domain/capitals';
import { totalYuan } from '~/domain/money';
import { type ReleaseItem, totalsByAccount } from '~/features/disbursement/releases/releaseRules';
import { latestRound } from '~/features/disbursement/requests/checkRules';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

export function ReleaseSummary({ items }: { items: readonly ReleaseItem[] }) {
  const t = useTranslations('disbursement');
  const total = totalYuan(items.map((item) => item.total));
  const hints = items.flatMap((item) => latestRound(item.checks).filter((check) => check.outcome !== 'PASS').map((check) => ({ item, check })));
  return (
    <Section title={t('review.summary')}>
      <p className="ak-lead">
        <Amount yuan={total} sign large /> <span>{capitals(total)}</span>
      </p>
      <p>
        {t('review.counts', { count: items.length, lines: items.reduce((sum, item) => sum + item.lines.length, 0) })}
        {' · '}
        {hints.length === 0 ? `✓ ${t('review.allPass')}` : `▲ ${t('review.hints', { count: hints.length })}`}
      </p>
      <ul className="ak-checks">
        {hints.map(({ item, check }) => (
          <li key={`${item.id} ${check.stage} ${check.check}`}>
            <StatusMark tone={toneOf(check.outcome)}>{item.number}</StatusMark> <strong>{check.title}</strong> {check.reason}
          </li>
        ))}
      </ul>
      <ul className="ak-plain-list" aria-label={t('review.byAccount')}>
        {totalsByAccount(items).map((group) => (
          <li key={group.account}>
            {t('review.account', { account: group.account, count: group.count })} <Amount yuan={group.total} sign />
          </li>
        ))}
      </ul>
    </Section>
  );
}
