import { useTranslations } from 'use-intl';
import { UnclaimedReceipts } from '~/features/collection/receipts/UnclaimedReceipts';
import { DisbursementsInFlight } from '~/features/disbursement/requests/DisbursementsInFlight';
import type { ReceiptFilter } from '~/generated/graphql';
import { paths } from '~/platform/paths';
import { Page } from '~/ui/page/Page';

const UNIDENTIFIED: ReceiptFilter = { status: ['UNIDENTIFIED', 'PARTLY_ALLOCATED'] };
const LATEST: ReceiptFilter = {};

export function FinanceSupervisorHome() {
  const t = useTranslations('home');
  return (
    <Page title={t('finance.title')}>
      <DisbursementsInFlight title={t('finance.waiting')} empty={t('finance.none')} filter={{ awaitingMe: 'AUDIT' }} to={paths.audits()} />
      <UnclaimedReceipts title={t('finance.unidentified')} empty={t('finance.noUnidentified')} filter={UNIDENTIFIED} more={{ status: 'UNIDENTIFIED' }} />
      <UnclaimedReceipts title={t('finance.latest')} empty={t('finance.noLatest')} filter={LATEST} more={{}} first={5} />
    </Page>
  );
}
