import { Button } from 'antd';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { halfWidth } from '~/domain/halfWidth';
import type { FundAccountRow } from '~/features/banking/fund-accounts/FundAccountsPage';
import { RefillSubAccountsDocument } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';

type Props = { account: FundAccountRow; onClose: () => void; onDone: () => void };

export function RefillForm({ account, onClose, onDone }: Props) {
  const t = useTranslations('banking');
  const [count, setCount] = useState('100');
  const [requested, setRequested] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(RefillSubAccountsDocument);
  const submit = async () => {
    const digits = halfWidth(count).trim();
    if (!/^[1-9]\d{0,5}$/.test(digits)) {
      setProblem({ message: t('refill.countWrong') });
      return;
    }
    const outcome = await command.run({ fundAccountId: account.id, count: Number(digits) });
    setProblem(problemOf(outcome));
    if (outcome?.kind !== 'success') return;
    setRequested(outcome.value.requested);
    onDone();
  };
  return (
    <form className="ak-form ak-inset" onSubmit={(event) => event.preventDefault()}>
      <p>{t('refill.intro', { account: `${account.bankName} ${account.accountNoMasked}` })}</p>
      <Refused problem={problem} />
      <TextField label={t('refill.count')} value={count} onChange={setCount} />
      {requested === null ? null : <p role="status">✓ {t('refill.requested', { count: requested })}</p>}
      <div className="ak-actions">
        <ActButton primary phase={command.phase} onClick={() => void submit()}>
          {t('refill.submit')}
        </ActButton>
        <Button onClick={onClose}>{t('refill.close')}</Button>
      </div>
    </form>
  );
}
