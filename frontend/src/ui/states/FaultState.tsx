import { Alert, Button } from 'antd';
import { useTranslations } from 'use-intl';

type Props = { fault: { message: string; reference: string | null }; onRetry?: () => void };

/** What failed, the reference for the help desk, and asking again (reading only; an act is never repeated from here). */
export function FaultState({ fault, onRetry }: Props) {
  const t = useTranslations('ui');
  return (
    <Alert
      type="error"
      showIcon
      title={t('fault.title')}
      description={
        <>
          <div>{fault.message}</div>
          {fault.reference ? <div>{t('fault.reference', { reference: fault.reference })}</div> : null}
        </>
      }
      action={onRetry ? <Button onClick={onRetry}>{t('fault.retry')}</Button> : undefined}
    />
  );
}
