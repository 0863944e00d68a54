import { Button } from 'antd';
import { useTranslations } from 'use-intl';
import { newParty, PARTY_KINDS, PARTY_ROLES, type PartyRow } from '~/features/registry/cases/partyRows';
import { SelectField } from '~/ui/form/SelectField';
import { TextField } from '~/ui/form/TextField';

type Props = { rows: readonly PartyRow[]; onChange: (rows: PartyRow[]) => void };

export function PartyFields({ rows, onChange }: Props) {
  const t = useTranslations('registry');
  const change = (key: number, part: Partial<PartyRow>) => onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <>
      {rows.map((row, index) => (
        <fieldset key={row.key} className="ak-line">
          <legend>{t('party.nth', { n: index + 1 })}</legend>
          <TextField label={t('party.name')} value={row.name} onChange={(name) => change(row.key, { name })} />
          <SelectField
            label={t('party.role')}
            value={row.role}
            choices={PARTY_ROLES.map((one) => ({ value: one, label: t(`partyRole.${one}`) }))}
            onChange={(value) => change(row.key, { role: value as PartyRow['role'] })}
          />
          <SelectField
            label={t('party.kind')}
            value={row.kind}
            choices={PARTY_KINDS.map((one) => ({ value: one, label: t(`partyKind.${one}`) }))}
            onChange={(value) => change(row.key, { kind: value as PartyRow['kind'] })}
          />
          <TextField label={t('party.identifier')} value={row.identifier} onChange={(identifier) => change(row.key, { identifier })} />
          <TextField label={t('party.phone')} type="tel" value={row.phone} onChange={(phone) => change(row.key, { phone })} />
          {rows.length > 1 ? (
            <Button onClick={() => onChange(rows.filter((one) => one.key !== row.key))}>{t('party.remove', { n: index + 1 })}</Button>
          ) : null}
        </fieldset>
      ))}
      <Button onClick={() => onChange([...rows, newParty('OTHER')])}>{t('party.add')}</Button>
    </>
  );
}
