import { Field } from '~/ui/form/Field';

export type Choice = { value: string; label: string };
type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  choices: readonly Choice[];
  /** Text of the empty choice; without it there is none. */
  none?: string;
  error?: string | null;
  disabled?: boolean;
};

/** The browser's own list: small, works with any keyboard and reader. */
export function SelectField({ label, value, onChange, choices, none, error, disabled }: Props) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <select {...control} className="ak-select" value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
          {none === undefined ? null : <option value="">{none}</option>}
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
