import { Input } from 'antd';
import { Field } from '~/ui/form/Field';

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | null;
  hint?: string;
  /** Tidies what was typed when the field is left. */
  tidy?: (typed: string) => string;
  type?: 'text' | 'password' | 'tel';
  autoComplete?: string;
  multiline?: boolean;
  disabled?: boolean;
};

export function TextField(props: Props) {
  const { label, value, onChange, error, hint, tidy, type = 'text', autoComplete = 'off', multiline, disabled } = props;
  const leave = () => tidy && onChange(tidy(value));
  return (
    <Field label={label} error={error} hint={hint}>
      {(control) =>
        multiline ? (
          <Input.TextArea {...control} rows={2} disabled={disabled} value={value} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <Input
            {...control}
            type={type}
            disabled={disabled}
            autoComplete={autoComplete}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            onBlur={leave}
          />
        )
      }
    </Field>
  );
}
