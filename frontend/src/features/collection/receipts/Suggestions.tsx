import { Button } from 'antd';
import { useTranslations } from 'use-intl';
import type { ReceiptDetail_ReceiptFragment } from '~/generated/graphql';

type Suggestion = ReceiptDetail_ReceiptFragment['suggestions'][number];
type Props = { receipt: ReceiptDetail_ReceiptFragment; onTake: (found: Suggestion['case']) => void };

/** Candidates with their evidence in words, or why there is none. */
export function Suggestions({ receipt, onTake }: Props) {
  const t = useTranslations('collection');
  if (receipt.suggestions.length === 0) return <p className="ak-muted">{t('claim.noSuggestions')}</p>;
  return (
    <ul className="ak-suggestions" aria-label={t('claim.suggestions')}>
      {receipt.suggestions.map((one) => (
        <li key={one.case.id}>
          <strong>{one.case.number}</strong>
          <span>{t('claim.score', { score: one.score })}</span>
          <span className="ak-muted">{one.evidence.join(' · ')}</span>
          <Button size="small" onClick={() => onTake(one.case)} aria-label={t('claim.takeNumber', { number: one.case.number })}>
            {t('claim.take')}
          </Button>
        </li>
      ))}
    </ul>
  );
}
