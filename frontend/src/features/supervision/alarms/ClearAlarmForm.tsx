import { Button } from 'antd';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { AlarmRow } from '~/features/supervision/alarms/AlarmsPage';
import { ClearAlarmDocument } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';

type Props = { alarm: AlarmRow; onClose: () => void; onCleared: () => void };

export function ClearAlarmForm({ alarm, onClose, onCleared }: Props) {
  const t = useTranslations('supervision');
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(ClearAlarmDocument);
  const submit = async () => {
    if (note.trim() === '') {
      setProblem({ message: t('clear.noteNeeded') });
      return;
    }
    const outcome = await command.run({ alarmId: alarm.id, note: note.trim() });
    setProblem(problemOf(outcome));
    if (outcome?.kind === 'success') onCleared();
  };
  return (
    <form className="ak-form ak-inset" onSubmit={(event) => event.preventDefault()}>
      <p>
        <strong>{alarm.title}</strong> {alarm.message}
      </p>
      <Refused problem={problem} />
      <TextField label={t('clear.note')} value={note} onChange={setNote} />
      <div className="ak-actions">
        <ActButton primary phase={command.phase} onClick={() => void submit()}>
          {t('clear.submit')}
        </ActButton>
        <Button onClick={onClose} disabled={command.busy}>
          {t('clear.close')}
        </Button>
      </div>
    </form>
  );
}
