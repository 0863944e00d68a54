import { Button } from 'antd';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { signIn } from '~/platform/session/signIn';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';

type Props = { onSignedIn: () => Promise<void>; login?: string };

const KNOWN = ['bad_credentials', 'locked_out', 'unreachable'] as const;

export function SignInForm({ onSignedIn, login: known = '' }: Props) {
  const t = useTranslations('identity');
  const [login, setLogin] = useState(known);
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<{ message: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const locked = useRef(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (locked.current) return;
    if (login.trim() === '' || password === '') {
      setProblem({ message: t('signIn.bothNeeded') });
      return;
    }
    locked.current = true;
    setBusy(true);
    const answer = await signIn(login.trim(), password);
    if (answer.ok) {
      await onSignedIn();
    } else {
      const code = KNOWN.find((one) => one === answer.code);
      setProblem({ message: answer.message ?? t(`signIn.${code ?? 'failed'}`) });
      setPassword('');
    }
    locked.current = false;
    setBusy(false);
  };

  return (
    <form className="ak-form" onSubmit={submit} noValidate>
      <Refused problem={problem} />
      <TextField label={t('signIn.login')} value={login} onChange={setLogin} autoComplete="username" />
      <TextField label={t('signIn.password')} value={password} onChange={setPassword} type="password" autoComplete="current-password" />
      <Button type="primary" htmlType="submit" disabled={busy} block>
        {busy ? t('signIn.busy') : t('signIn.submit')}
      </Button>
    </form>
  );
}
