import { useTranslations } from 'use-intl';
import { certificateTone } from '~/features/banking/integrations/integrationRules';
import { StatusMark } from '~/ui/status/StatusMark';

/** How long the certificate of the signing key lasts. */
export function CertificateDays({ days }: { days: number | null | undefined }) {
  const t = useTranslations('integration');
  if (days === null || days === undefined) return '--';
  return <StatusMark tone={certificateTone(days)}>{days < 0 ? t('certificateOver') : t('days', { days })}</StatusMark>;
}
