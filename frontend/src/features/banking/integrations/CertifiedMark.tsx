import { useTranslations } from 'use-intl';
import { StatusMark } from '~/ui/status/StatusMark';

type Props = { summary: { passed: number; failed: number; isPassed: boolean } | null | undefined };

/** What the last certification of the plugin found. */
export function CertifiedMark({ summary }: Props) {
  const t = useTranslations('integration');
  if (!summary) return <StatusMark tone="open">{t('verdict.none')}</StatusMark>;
  const { passed, failed } = summary;
  return summary.isPassed ? <StatusMark tone="good">{t('verdict.passed', { passed })}</StatusMark> : <StatusMark tone="bad">{t('verdict.failed', { failed })}</StatusMark>;
}
