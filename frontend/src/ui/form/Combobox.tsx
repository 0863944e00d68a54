import { Input } from 'antd';
import { useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isComposing } from '~/platform/keys/onKey';
import { Field } from '~/ui/form/Field';

export type Option = { id: string; label: string; detail?: string };
type Props = {
  label: string;
  text: string;
  options: readonly Option[];
  onType: (text: string) => void;
  onPick: (option: Option) => void;
  error?: string | null;
  hint?: string;
  disabled?: boolean;
};

/** A text field with a list of what fits: arrows move, Enter takes, Escape closes; nothing is taken by itself. */
export function Combobox({ label, text, options, onType, onPick, error, hint, disabled }: Props) {
  const t = useTranslations('ui');
  const listId = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const shown = open && options.length > 0;
  const pick = (option: Option | undefined) => {
    if (!option) return;
    setOpen(false);
    onPick(option);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => (shown ? setActive(Math.min(active + 1, options.length - 1)) : setOpen(true)),
    ArrowUp: () => setActive(Math.max(active - 1, 0)),
    Enter: () => shown && pick(options[active]),
    Escape: () => setOpen(false),
  };
  return (
    <Field label={label} error={error} hint={hint}>
      {(control) => (
        <div className="ak-combobox">
          <Input
            {...control}
            role="combobox"
            aria-expanded={shown}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={shown ? `${listId}-${active}` : undefined}
            autoComplete="off"
            disabled={disabled}
            value={text}
            onChange={(event) => {
              setOpen(true);
              setActive(0);
              onType(event.target.value);
            }}
            onBlur={() => setOpen(false)}
            onKeyDown={(event) => {
              const act = keys[event.key];
              if (!act || isComposing(event.nativeEvent) || event.ctrlKey) return;
              event.preventDefault();
              act();
            }}
          />
          <ul className={shown ? 'ak-options' : 'ak-options ak-closed'} id={listId} role="listbox" aria-label={t('options')}>
            {shown
              ? options.map((option, index) => (
                  <li
                    key={option.id}
                    id={`${listId}-${index}`}
                    role="option"
                    aria-selected={index === active}
                    onPointerDown={(event) => {
                      event.preventDefault();
                      pick(option);
                    }}
                  >
                    <span>{option.label}</span>
                    {option.detail ? <small>{option.detail}</small> : null}
                  </li>
                ))
              : null}
          </ul>
        </div>
      )}
    </Field>
  );
}
