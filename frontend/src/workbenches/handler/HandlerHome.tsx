import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { UnclaimedReceipts } from '~/features/collection/receipts/UnclaimedReceipts';
import { DisbursementsInFlight } from '~/features/disbursement/requests/DisbursementsInFlight';
import type { DisbursementFilter, ReceiptFilter } from '~/generated/graphql';
import { paths } from '~/platform/paths';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { Page } from '~/ui/page/Page';

const UNCLAIMED: ReceiptFilter = { status: ['UNIDENTIFIED', 'PARTLY_ALLOCATED'] };
const MY_ARRIVALS: ReceiptFilter = { status: ['ALLOCATED'], mine: true };
const MY_REQUESTS: DisbursementFilter = { mine: true, status: ['DRAFT', 'IN_APPROVAL', 'APPROVED', 'AUDITED', 'RELEASED', 'PARTLY_SETTLED', 'FAILED'] };

/** What came in and is nobody's yet, what came in for my cases, and what I asked to be paid. */
export function HandlerHome() {
  const t = useTranslations('home');
  const may = usePermissions();
  return (
    <Page
      title={t('handler.title')}
      actions={
        may('case.register') ? (
          <Link className="ak-button ak-button-primary" to={paths.registerCase()}>
            {t('handler.register')}
          </Link>
        ) : null
      }
    >
      <UnclaimedReceipts title={t('handler.unclaimed')} empty={t('handler.noUnclaimed')} filter={UNCLAIMED} more={{ status: 'UNIDENTIFIED' }} />
      <UnclaimedReceipts title={t('handler.arrivals')} empty={t('handler.noArrivals')} filter={MY_ARRIVALS} more={{ mine: 'yes' }} first={5} />
      <DisbursementsInFlight title={t('handler.inFlight')} empty={t('handler.noInFlight')} filter={MY_REQUESTS} to={paths.disbursements({ mine: 'yes' })} />
    </Page>
  );
}
