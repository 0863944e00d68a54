import { Button } from 'antd';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { type ReceiptDetail_ReceiptFragment, UndoAllocationDocument } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { formatYuan } from '~/domain/money';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';

type Props = {
  allocation: ReceiptDetail_ReceiptFragment['allocations'][number];
  onClose: () => void;
  onUndone: () => void;
};

export function UndoForm({ allocation, onClose, onUndone }: Props) {
  const t = useTranslations('collection');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(UndoAllocationDocument);
  const submit = async () => {
    if (reason.trim() === '') {
      setProblem({ message: t('allocation.reasonNeeded') });
      return;
    }
    const outcome = await command.run({ allocationId: allocation.id, reason: reason.trim() });
    setProblem(problemOf(outcome));
    if (outcome?.kind === 'success') onUndone();
  };
  return (
    <form className="ak-form ak-inset" onSubmit={(event) => event.preventDefault()}>
      <p>{t('allocation.undoText', { number: allocation.case.number, amount: formatYuan(allocation.amount) })}</p>
      <Refused problem={problem} />
      <TextField label={t('allocation.undoReason')} value={reason} onChange={setReason} />
      <div className="ak-actions">
        <ActButton danger phase={command.phase} onClick={() => void submit()}>
          {t('allocation.confirmUndo')}
        </ActButton>
        <Button onClick={onClose} disabled={command.busy}>
          {t('allocation.keep')}
        </Button>
      </div>
    </form>
  );
}
