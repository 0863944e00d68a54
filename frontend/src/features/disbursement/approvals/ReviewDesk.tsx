import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ReviewItem } from '~/features/disbursement/approvals/ReviewItem';
import { ReviewQueue } from '~/features/disbursement/approvals/ReviewQueue';
import type { ActName } from '~/features/disbursement/requests/useDisbursementActs';
import { DisbursementChangedDocument, type DisbursementFilter, DisbursementListDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';
import { useUrlState } from '~/platform/urlState';
import { NewItemsBar } from '~/ui/grid/NewItemsBar';
import { Pager } from '~/ui/grid/Pager';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';
import { EmptyState } from '~/ui/states/EmptyState';

type Props = {
  filter: DisbursementFilter;
  /** Acts of this desk, the agreeing one first (key A), the sending back second (key R). */
  acts: readonly ActName[];
  empty: string;
  queueName: string;
};

/**
 * Two panes: the queue, and the one item being judged. The item stays when the queue moves on, so that
 * a second press can never hit the next one.
 */
export function ReviewDesk({ filter, acts, empty, queueName }: Props) {
  const t = useTranslations('disbursement');
  const url = useUrlState();
  const { data, fault, refetch } = usePageQuery(DisbursementListDocument, { filter, first: 50, after: url.after });
  const rows = data?.disbursements.edges.map((edge) => edge.node);
  const [pinned, setPinned] = useState<string | null>(null);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  if (!pinned && rows?.[0]) setPinned(rows[0].id);
  const open = url.get('item') || pinned;
  const known = new Set(rows?.map((row) => row.id));
  useLive(DisbursementChangedDocument, {}, (event) => event.disbursementChanged, {
    onEvent: ({ disbursement }) => {
      if (!known.has(disbursement.id) && disbursement.id !== open) setChanged((old) => new Set(old).add(disbursement.id));
    },
  });
  const show = () => {
    setChanged(new Set());
    refetch();
  };
  const next = rows?.find((row) => row.id !== open)?.id;
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!rows) return <Waiting />;
  return (
    <>
      <NewItemsBar count={changed.size} text={t('desk.newItems', { count: changed.size })} action={t('desk.show')} onShow={show} />
      <div className="ak-desk">
        <div className="ak-desk-queue">
          <ReviewQueue name={queueName} rows={rows} open={open} empty={empty} onOpen={(id) => url.point('item', id)} />
          <Pager
            page={url.page}
            total={data?.disbursements.totalCount}
            endCursor={data?.disbursements.pageInfo.endCursor}
            hasNext={data?.disbursements.pageInfo.hasNextPage ?? false}
            onNext={url.next}
            onPrevious={url.previous}
          />
        </div>
        {open ? (
          <ReviewItem
            key={open}
            id={open}
            acts={acts}
            onActed={() => {
              url.point('item', open);
              refetch();
            }}
            onNext={next ? () => url.point('item', next) : null}
          />
        ) : (
          <EmptyState text={t('desk.nothingOpen')} />
        )}
      </div>
    </>
  );
}
