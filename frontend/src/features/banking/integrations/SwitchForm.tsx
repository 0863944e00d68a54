import { Alert } from 'antd';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { type PluginPageQuery, SwitchPluginDocument } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';

type Props = { plugin: PluginPageQuery['plugins'][number]; onSwitched: () => void };

/** Off or on for every court at once: it says so, asks for the reason, and acts on the second press. */
export function SwitchForm({ plugin, onSwitched }: Props) {
  const t = useTranslations('plugin');
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(SwitchPluginDocument);
  const { enabled } = plugin.switch;
  const close = () => {
    setAsked(false);
    setProblem(null);
  };
  const act = async () => {
    if (reason.trim() === '') {
      setProblem({ message: t('switch.reasonNeeded'), field: 'reason' });
      return;
    }
    const outcome = await command.run({ plugin: plugin.id, enabled: !enabled, reason: reason.trim() });
    setProblem(problemOf(outcome));
    if (outcome?.kind !== 'success') return;
    close();
    setReason('');
    onSwitched();
  };
  if (!asked) {
    return (
      <div className="ak-actions">
        <ActButton danger={enabled} allowed={plugin.viewerCanSwitch} onClick={() => setAsked(true)}>
          {enabled ? t('switch.off') : t('switch.on')}
        </ActButton>
      </div>
    );
  }
  return (
    <div className="ak-signature" role="group" aria-label={t('switch.title')}>
      <Refused problem={problem?.field === 'reason' ? null : problem} />
      <Alert
        type="warning"
        showIcon
        title={enabled ? t('switch.askOff', { name: plugin.name }) : t('switch.askOn', { name: plugin.name })}
        description={enabled ? t('switch.effectOff') : t('switch.effectOn')}
      />
      <TextField label={t('switch.reason')} value={reason} onChange={setReason} error={problem?.field === 'reason' ? problem.message : null} />
      <div className="ak-actions">
        <ActButton primary danger={enabled} phase={command.phase} onClick={() => void act()}>
          {enabled ? t('switch.confirmOff') : t('switch.confirmOn')}
        </ActButton>
        <ActButton onClick={close}>{t('switch.back')}</ActButton>
      </div>
    </div>
  );
}
