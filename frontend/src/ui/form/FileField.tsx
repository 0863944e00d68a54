import { Field } from '~/ui/form/Field';

type Props = { label: string; accept: string; hint?: string; error?: string | null; onChange: (file: File | null) => void; disabled?: boolean };

export function FileField({ label, accept, hint, error, onChange, disabled }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <input
          {...control}
          type="file"
          className="ak-file"
          accept={accept}
          disabled={disabled}
          onChange={(event) => onChange(event.target.files?.[0] ?? null)}
        />
      )}
    </Field>
  );
}
