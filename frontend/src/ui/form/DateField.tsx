import { Input } from 'antd';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { readDate } from '~/domain/dates';
import { isComposing } from '~/platform/keys/onKey';
import { Field } from '~/ui/form/Field';

type Props = { label: string; value: string; onChange: (date: string) => void };

/** A date as text: the browser's own field would speak the browser's language. Taken on Enter and when the field is left. */
export function DateField({ label, value, onChange }: Props) {
  const t = useTranslations('ui');
  const [shown, setShown] = useState({ from: value, text: value });
  const [wrong, setWrong] = useState(false);
  if (shown.from !== value) {
    setShown({ from: value, text: value });
    setWrong(false);
  }
  const take = () => {
    const date = shown.text.trim() === '' ? '' : readDate(shown.text);
    setWrong(date === null);
    if (date === null) return;
    setShown({ from: value, text: date });
    if (date !== value) onChange(date);
  };
  return (
    <Field label={label} error={wrong ? t('date.malformed') : null}>
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          autoComplete="off"
          placeholder={t('date.shape')}
          value={shown.text}
          onChange={(event) => setShown({ from: value, text: event.target.value })}
          onBlur={take}
          onKeyDown={(event) => event.key === 'Enter' && !isComposing(event.nativeEvent) && take()}
        />
      )}
    </Field>
  );
}
