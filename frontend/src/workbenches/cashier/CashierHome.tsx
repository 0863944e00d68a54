import { useTranslations } from 'use-intl';
import { ReleaseList } from '~/features/disbursement/releases/ReleaseList';
import { UnresolvedInstructions } from '~/features/disbursement/releases/UnresolvedInstructions';
import { DisbursementsInFlight } from '~/features/disbursement/requests/DisbursementsInFlight';
import type { DisbursementFilter } from '~/generated/graphql';
import { paths } from '~/platform/paths';
import { Page } from '~/ui/page/Page';

const LEFT_THE_HOUSE: DisbursementFilter = { status: ['RELEASED', 'PARTLY_SETTLED', 'FAILED'] };

/** What may be paid, what the bank has not answered, what failed. */
export function CashierHome() {
  const t = useTranslations('home');
  return (
    <Page title={t('cashier.title')}>
      <ReleaseList />
      <UnresolvedInstructions />
      <DisbursementsInFlight title={t('cashier.underway')} empty={t('cashier.noUnderway')} filter={LEFT_THE_HOUSE} to={paths.disbursements({ status: 'RELEASED' })} />
    </Page>
  );
}
