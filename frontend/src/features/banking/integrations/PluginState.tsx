import { useTranslations } from 'use-intl';
import { StatusMark } from '~/ui/status/StatusMark';

type Props = { plugin: { isUsed: boolean; switch: { enabled: boolean; reason: string | null } } };

/** Whether the plugin acts now. */
export function PluginState({ plugin }: Props) {
  const t = useTranslations('plugin');
  if (!plugin.isUsed) return <StatusMark tone="bad">{t('state.leftOut')}</StatusMark>;
  if (plugin.switch.enabled) return <StatusMark tone="good">{t('state.on')}</StatusMark>;
  return (
    <>
      <StatusMark tone="locked">{t('state.off')}</StatusMark>
      {plugin.switch.reason ? <small className="ak-second">{plugin.switch.reason}</small> : null}
    </>
  );
}
