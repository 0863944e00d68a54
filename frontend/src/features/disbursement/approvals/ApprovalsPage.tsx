import { useTranslations } from 'use-intl';
import { ReviewDesk } from '~/features/disbursement/approvals/ReviewDesk';
import type { DisbursementFilter } from '~/generated/graphql';
import { useUrlState } from '~/platform/urlState';
import { Page } from '~/ui/page/Page';

const TABS = ['waiting', 'decided', 'all'] as const;
const FILTERS: Record<(typeof TABS)[number], DisbursementFilter> = {
  waiting: { awaitingMe: 'APPROVAL' },
  decided: { status: ['APPROVED', 'AUDITED', 'RELEASED', 'SETTLED', 'PARTLY_SETTLED', 'FAILED', 'REJECTED'] },
  all: {},
};

export function ApprovalsPage() {
  const t = useTranslations('disbursement');
  const url = useUrlState();
  const tab = TABS.find((one) => one === url.get('tab')) ?? 'waiting';
  return (
    <Page title={t('approvals.title')}>
      <div className="ak-tabs" role="group" aria-label={t('approvals.title')}>
        {TABS.map((one) => (
          <button key={one} type="button" aria-pressed={one === tab} onClick={() => url.set({ tab: one === 'waiting' ? '' : one, item: '' })}>
            {t(`approvals.${one}`)}
          </button>
        ))}
      </div>
      <ReviewDesk
        key={tab}
        filter={FILTERS[tab]}
        acts={['approve', 'sendBack', 'reject']}
        empty={t('approvals.none')}
        queueName={t(`approvals.${tab}`)}
      />
    </Page>
  );
}
