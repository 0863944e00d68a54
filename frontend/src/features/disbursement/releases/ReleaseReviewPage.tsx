import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { AWAITING_RELEASE } from '~/features/disbursement/releases/ReleaseList';
import { changedSince, type ReleaseItem } from '~/features/disbursement/releases/releaseRules';
import { ReleaseSignature } from '~/features/disbursement/releases/ReleaseSignature';
import { ReleaseSummary } from '~/features/disbursement/releases/ReleaseSummary';
import { ReleaseTable } from '~/features/disbursement/releases/ReleaseTable';
import { DisbursementChangedDocument, ReleaseReviewDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';
import { paths } from '~/platform/paths';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

/** The one page between choosing and paying. */
export function ReleaseReviewPage() {
  const t = useTranslations('disbursement');
  const [params] = useSearchParams();
  const wanted = params.getAll('item');
  const { data, fault, refetch } = usePageQuery(ReleaseReviewDocument, { filter: AWAITING_RELEASE });
  useLive(DisbursementChangedDocument, {}, (event) => event.disbursementChanged, { onEvent: refetch, onResume: refetch });
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  const now = data.disbursements.edges.map((edge) => edge.node).filter((item) => wanted.includes(item.id));
  return (
    <Page title={t('review.title')} intro={t('review.intro')}>
      <Review key={wanted.join()} now={now} missing={wanted.length - now.length} />
    </Page>
  );
}

/** Figures stay as they were when the page opened. If anything changes underneath, the signature goes away and says why. */
function Review({ now, missing }: { now: readonly ReleaseItem[]; missing: number }) {
  const t = useTranslations('disbursement');
  const [seen] = useState(now);
  const [gone] = useState(missing);
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set());
  const [paid, setPaid] = useState<string | null>(null);
  // Our own payment moves the items too, and the event may come before the answer.
  const [paying, setPaying] = useState(false);
  const items = seen.filter((item) => !removed.has(item.id));
  const changed = paid || paying ? [] : changedSince(items, now);
  if (paid) {
    return (
      <EmptyState
        text={paid}
        next={
          <>
            <Link to={paths.releases()}>{t('review.toReleases')}</Link>{' '}
            {items.length === 1 && items[0] ? <Link to={paths.disbursement(items[0].id)}>{t('review.toDisbursement', { number: items[0].number })}</Link> : null}
          </>
        }
      />
    );
  }
  if (items.length === 0) return <EmptyState text={t('review.nothing')} next={<Link to={paths.releases()}>{t('review.toReleases')}</Link>} />;
  return (
    <>
      {gone > 0 ? <p className="ak-wrong">▲ {t('review.gone', { count: gone })}</p> : null}
      <ReleaseSummary items={items} />
      <ReleaseTable items={items} onRemove={(id) => setRemoved((old) => new Set(old).add(id))} />
      {changed.length > 0 ? (
        <p className="ak-wrong" role="alert">
          ■ {t('review.changed', { numbers: changed.join('、') })} <Link to={paths.releases()}>{t('review.again')}</Link>
        </p>
      ) : (
        <ReleaseSignature items={items} onPaying={setPaying} onPaid={setPaid} />
      )}
    </>
  );
}
