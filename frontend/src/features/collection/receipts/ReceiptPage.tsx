import { useParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { AllocationList } from '~/features/collection/receipts/AllocationList';
import { ClaimForm } from '~/features/collection/receipts/ClaimForm';
import { ReceiptArrivedDocument, ReceiptPageDocument } from '~/generated/graphql';
import { isZeroYuan } from '~/domain/money';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';
import { ReceiptFacts } from '~/features/collection/receipts/ReceiptFacts';

export function ReceiptPage() {
  const t = useTranslations('collection');
  const { receiptId = '' } = useParams();
  const { data, fault, refetch } = usePageQuery(ReceiptPageDocument, { id: receiptId }, { exact: true });
  useLive(ReceiptArrivedDocument, {}, (event) => event.receiptArrived, {
    onEvent: ({ receipt }) => receipt.id === receiptId && refetch(),
    onResume: refetch,
  });
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  const receipt = data.receipt;
  if (!receipt) return <EmptyState text={t('page.missing')} />;
  return (
    <Page title={t('page.title', { number: receipt.number })}>
      <ReceiptFacts receipt={receipt} />
      {isZeroYuan(receipt.unallocated) ? null : <ClaimForm key={`${receipt.id} ${receipt.unallocated}`} receipt={receipt} onClaimed={refetch} />}
      <AllocationList receipt={receipt} onUndone={refetch} />
    </Page>
  );
}
