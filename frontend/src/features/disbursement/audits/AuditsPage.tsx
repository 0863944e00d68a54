import { useTranslations } from 'use-intl';
import { ReviewDesk } from '~/features/disbursement/approvals/ReviewDesk';
import type { DisbursementFilter } from '~/generated/graphql';
import { Page } from '~/ui/page/Page';

const WAITING: DisbursementFilter = { awaitingMe: 'AUDIT' };

/** The finance supervisor's desk: the same two panes, the checks judged once more, passing instead of agreeing. */
export function AuditsPage() {
  const t = useTranslations('disbursement');
  return (
    <Page title={t('audits.title')}>
      <ReviewDesk filter={WAITING} acts={['audit', 'sendBack', 'reject']} empty={t('audits.none')} queueName={t('audits.waiting')} />
    </Page>
  );
}
