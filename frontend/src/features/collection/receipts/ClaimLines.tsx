import { Button } from 'antd';
import { useTranslations } from 'use-intl';
import { fenOf, formatYuan, type Yuan } from '~/domain/money';
import { CaseField } from '~/features/collection/receipts/CaseField';
import { type ClaimLine, newLine } from '~/features/collection/receipts/claimRules';
import { MoneyInput } from '~/ui/money/MoneyInput';

type Props = { lines: readonly ClaimLine[]; courtId: string; left: Yuan; onChange: (lines: ClaimLine[]) => void };

export function ClaimLines({ lines, courtId, left, onChange }: Props) {
  const t = useTranslations('collection');
  const change = (key: number, part: Partial<ClaimLine>) => onChange(lines.map((line) => (line.key === key ? { ...line, ...part } : line)));
  const several = lines.length > 1;
  return (
    <>
      {lines.map((line, index) => (
        <fieldset key={line.key} className="ak-line">
          <legend>{several ? t('claim.nth', { n: index + 1 }) : t('claim.into')}</legend>
          <CaseField
            label={several ? t('claim.caseNth', { n: index + 1 }) : t('claim.case')}
            line={line}
            courtId={courtId}
            onChange={(part) => change(line.key, part)}
          />
          <MoneyInput
            label={several ? t('claim.amountNth', { n: index + 1 }) : t('claim.amount')}
            value={line.amount}
            onChange={(amount) => change(line.key, { amount })}
          />
          {several ? <Button onClick={() => onChange(lines.filter((one) => one.key !== line.key))}>{t('claim.remove', { n: index + 1 })}</Button> : null}
        </fieldset>
      ))}
      <Button onClick={() => onChange([...lines, newLine({ amount: fenOf(left) > 0n ? formatYuan(left) : '' })])}>{t('claim.add')}</Button>
    </>
  );
}
