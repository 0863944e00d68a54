import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Field } from '~/ui/form/Field';

type Props = { label: string; accept: string; hint?: string; error?: string | null; onChange: (file: File | null) => void; disabled?: boolean };

/** The browser's own input does the work, unseen: its button would speak the browser's language. */
export function FileField({ label, accept, hint, error, onChange, disabled }: Props) {
  const t = useTranslations('ui');
  const [name, setName] = useState<string | null>(null);
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <div className="ak-file">
          <input
            {...control}
            type="file"
            className="ak-unseen"
            accept={accept}
            disabled={disabled}
            onClick={(event) => {
              // Otherwise the same file, corrected meanwhile, would be no change.
              event.currentTarget.value = '';
            }}
            onChange={(event) => {
              const file = event.target.files?.[0] ?? null;
              setName(file?.name ?? null);
              onChange(file);
            }}
          />
          <label htmlFor={control.id} className="ak-button" aria-hidden="true">
            {t('file.browse')}
          </label>
          <span className={name ? undefined : 'ak-muted'}>{name ?? t('file.none')}</span>
        </div>
      )}
    </Field>
  );
}
