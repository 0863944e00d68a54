import { type ReactNode, useId } from 'react';

type ControlProps = { id: string; 'aria-invalid': boolean; 'aria-describedby': string | undefined };
type Props = {
  label: string;
  error?: string | null;
  hint?: string;
  children: (control: ControlProps) => ReactNode;
};

/** A label, its control, a hint, and the error in the same words as the summary's. */
export function Field({ label, error, hint, children }: Props) {
  const id = useId();
  const said = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div className={error ? 'ak-field ak-field-wrong' : 'ak-field'}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': Boolean(error), 'aria-describedby': said || undefined })}
      {hint ? (
        <div className="ak-hint" id={`${id}-hint`}>
          {hint}
        </div>
      ) : null}
      {error ? (
        <div className="ak-field-error" id={`${id}-error`}>
          ■ {error}
        </div>
      ) : null}
    </div>
  );
}
