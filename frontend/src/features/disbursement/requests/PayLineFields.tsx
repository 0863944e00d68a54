import { Button } from 'antd';
import { useTranslations } from 'use-intl';
import { NOT_A_PARTY, type PayLine, tidyDigits } from '~/features/disbursement/requests/disbursementRules';
import { SelectField } from '~/ui/form/SelectField';
import { TextField } from '~/ui/form/TextField';
import { MoneyInput } from '~/ui/money/MoneyInput';

export type PayeeChoice = { id: string; name: string };
type Props = { lines: readonly PayLine[]; payees: readonly PayeeChoice[]; onChange: (lines: PayLine[]) => void };

/** With one payee the labels are plain; with several each label carries its number. */
export function PayLineFields({ lines, payees, onChange }: Props) {
  const t = useTranslations('disbursement');
  const change = (key: number, part: Partial<PayLine>) => onChange(lines.map((line) => (line.key === key ? { ...line, ...part } : line)));
  const several = lines.length > 1;
  return lines.map((line, index) => {
    const named = (label: string) => (several ? `${label} ${index + 1}` : label);
    const pickParty = (partyId: string) => {
      const party = payees.find((one) => one.id === partyId);
      change(line.key, party ? { partyId, payeeName: party.name } : { partyId });
    };
    return (
      <fieldset key={line.key} className="ak-line">
        <legend>{t('form.nth', { n: index + 1 })}</legend>
        <SelectField
          label={named(t('line.party'))}
          value={line.partyId}
          none={t('line.chooseParty')}
          choices={[...payees.map((one) => ({ value: one.id, label: one.name })), { value: NOT_A_PARTY, label: t('line.noParty') }]}
          onChange={pickParty}
        />
        <TextField label={named(t('line.payeeName'))} value={line.payeeName} onChange={(payeeName) => change(line.key, { payeeName })} />
        <TextField
          label={named(t('line.payeeAccount'))}
          value={line.payeeAccount}
          tidy={tidyDigits}
          onChange={(payeeAccount) => change(line.key, { payeeAccount })}
        />
        <TextField label={named(t('line.payeeBank'))} value={line.payeeBankName} onChange={(payeeBankName) => change(line.key, { payeeBankName })} />
        <TextField
          label={named(t('line.cnaps'))}
          hint={t('line.cnapsHint')}
          value={line.payeeBankCode}
          tidy={tidyDigits}
          onChange={(payeeBankCode) => change(line.key, { payeeBankCode })}
        />
        <MoneyInput label={named(t('line.amount'))} value={line.amount} onChange={(amount) => change(line.key, { amount })} />
        {several ? (
          <Button onClick={() => onChange(lines.filter((one) => one.key !== line.key))}>{t('form.removeLine', { n: index + 1 })}</Button>
        ) : null}
      </fieldset>
    );
  });
}
