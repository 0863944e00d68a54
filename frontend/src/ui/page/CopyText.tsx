import { Button } from 'antd';
import { useState } from 'react';
import { useTranslations } from 'use-intl';

type Props = { text: string; label: string };

/** A number to be copied into another document: large, in groups of four to compare by eye, copied without the gaps. */
export function CopyText({ text, label }: Props) {
  const t = useTranslations('ui');
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('failed');
    }
  };
  return (
    <div className="ak-copy">
      <output className="ak-copy-text" aria-label={label} data-value={text}>
        {text.match(/.{1,4}/g)?.map((part, index) => (
          <span key={`${index}${part}`}>{part}</span>
        ))}
      </output>
      <Button onClick={copy} aria-label={t('copy.button')}>
        {state === 'copied' ? t('copy.done') : t('copy.short')}
      </Button>
      {state === 'failed' ? <span role="alert">{t('copy.failed')}</span> : null}
    </div>
  );
}
