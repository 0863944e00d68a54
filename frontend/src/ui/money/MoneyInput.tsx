import { Input } from 'antd';
import { useTranslations } from 'use-intl';
import { capitals } from '~/domain/capitals';
import { formatYuan, readPositiveYuan } from '~/domain/money';
import { Field } from '~/ui/form/Field';

type Props = {
  label: string;
  value: string;
  onChange: (typed: string) => void;
  error?: string | null;
  hint?: string;
  disabled?: boolean;
};

/**
 * An amount as text: what was typed stays as typed until the field is left, the capitals below say
 * what was understood, a third decimal is refused and never rounded away.
 */
export function MoneyInput({ label, value, onChange, error, hint, disabled }: Props) {
  const t = useTranslations('ui');
  const reading = readPositiveYuan(value);
  const typedWrong = !reading.ok && reading.problem !== 'empty' ? t(`money.${reading.problem}`) : null;
  return (
    <Field label={label} error={error ?? typedWrong} hint={hint}>
      {(control) => (
        <>
          <Input
            {...control}
            className="ak-money-input"
            inputMode="decimal"
            autoComplete="off"
            prefix="¥"
            disabled={disabled}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            onBlur={() => reading.ok && onChange(formatYuan(reading.yuan))}
            onKeyDown={(event) => event.key === 'Enter' && !event.ctrlKey && event.preventDefault()}
          />
          <output className="ak-capitals" aria-label={t('money.capitals')}>
            {reading.ok ? capitals(reading.yuan) : ''}
          </output>
        </>
      )}
    </Field>
  );
}
