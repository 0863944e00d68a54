import { useTranslations } from 'use-intl';
import { DisbursementsInFlight } from '~/features/disbursement/requests/DisbursementsInFlight';
import { paths } from '~/platform/paths';
import { Page } from '~/ui/page/Page';

/** What waits for this person's decision. */
export function ApproverHome() {
  const t = useTranslations('home');
  return (
    <Page title={t('approver.title')}>
      <DisbursementsInFlight title={t('approver.waiting')} empty={t('approver.none')} filter={{ awaitingMe: 'APPROVAL' }} to={paths.approvals()} />
    </Page>
  );
}
