import { useLocation, useParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { DisbursementActs } from '~/features/disbursement/requests/DisbursementActs';
import { DisbursementView } from '~/features/disbursement/requests/DisbursementView';
import { PaperPayments } from '~/features/disbursement/requests/PaperPayments';
import { useDisbursement } from '~/features/disbursement/requests/useDisbursement';
import type { Problem } from '~/platform/api/problem';
import { Refused } from '~/ui/form/Refused';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

export function DisbursementPage() {
  const t = useTranslations('disbursement');
  const { disbursementId = '' } = useParams();
  const { state } = useLocation() as { state: { problem?: Problem | null } | null };
  const { data, fault, refetch } = useDisbursement(disbursementId);
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  const found = data.disbursement;
  if (!found) return <EmptyState text={t('page.missing')} />;
  return (
    <Page title={t('page.title', { number: found.number })}>
      <Refused problem={state?.problem ?? null} />
      <DisbursementView found={found} />
      <PaperPayments found={found} onDone={refetch} />
      <DisbursementActs key={found.digest} found={found} onDone={refetch} />
    </Page>
  );
}
