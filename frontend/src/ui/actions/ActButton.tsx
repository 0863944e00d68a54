import { Button } from 'antd';
import { useId } from 'react';
import { useTranslations } from 'use-intl';

type Props = {
  children: string;
  onClick: () => void;
  /** The server's answer whether this person may do it now. */
  allowed?: { allowed: boolean; reason?: string | null };
  phase?: 'idle' | 'sending' | 'confirming' | 'signed_out';
  primary?: boolean;
  danger?: boolean;
  shortcut?: string;
};

/** An act on an object: visible but disabled with the reason when it may not be done, and saying what it is doing. */
export function ActButton({ children, onClick, allowed, phase = 'idle', primary, danger, shortcut }: Props) {
  const t = useTranslations('ui');
  const id = useId();
  const refused = allowed?.allowed === false;
  const text = phase === 'idle' ? children : t(`phase.${phase}`);
  return (
    <span className="ak-act">
      <Button
        type={primary ? 'primary' : 'default'}
        danger={danger}
        disabled={refused || phase !== 'idle'}
        onClick={onClick}
        aria-keyshortcuts={shortcut}
        aria-describedby={refused && allowed?.reason ? id : undefined}
      >
        {text}
        {shortcut && phase === 'idle' ? <kbd aria-hidden="true">{shortcut.replace('Control', 'Ctrl')}</kbd> : null}
      </Button>
      {refused && allowed?.reason ? (
        <small id={id} className="ak-reason">
          {allowed.reason}
        </small>
      ) : null}
    </span>
  );
}
