import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isComposing } from '~/platform/keys/onKey';

type Props = { label: string; placeholder: string; value: string; onSearch: (text: string) => void };

/** A search that runs on Enter or on its button. Enter that ends Chinese input does not search. */
export function SearchBox({ label, placeholder, value, onSearch }: Props) {
  const t = useTranslations('ui');
  const [shown, setShown] = useState({ from: value, text: value });
  if (shown.from !== value) setShown({ from: value, text: value });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(shown.text.trim());
  };
  return (
    <form className="ak-search" role="search" onSubmit={submit}>
      <Input
        aria-label={label}
        placeholder={placeholder}
        value={shown.text}
        allowClear
        onChange={(event) => setShown({ from: value, text: event.target.value })}
        onKeyDown={(event) => event.key === 'Enter' && isComposing(event.nativeEvent) && event.preventDefault()}
      />
      <Button htmlType="submit">{t('search')}</Button>
    </form>
  );
}
