import { useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { ReceiptFilters } from '~/features/collection/receipts/ReceiptFilters';
import { receiptFilter } from '~/features/collection/receipts/receiptFilter';
import { useReceiptColumns } from '~/features/collection/receipts/receiptColumns';
import { useNewReceipts } from '~/features/collection/receipts/useNewReceipts';
import { ReceiptListDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { paths } from '~/platform/paths';
import { useUrlState } from '~/platform/urlState';
import { DataGrid } from '~/ui/grid/DataGrid';
import { NewItemsBar } from '~/ui/grid/NewItemsBar';
import { Pager } from '~/ui/grid/Pager';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';

/** All receipts. New ones are announced; the list moves only when the person asks for them. */
export function ReceiptListPage() {
  const t = useTranslations('collection');
  const navigate = useNavigate();
  const url = useUrlState();
  const filter = receiptFilter(url.get);
  const { data, fault, refetch } = usePageQuery(ReceiptListDocument, { filter, first: 50, after: url.after });
  const rows = data?.receipts.edges.map((edge) => edge.node);
  const columns = useReceiptColumns(rows);
  const fresh = useNewReceipts();
  const show = () => {
    fresh.seen();
    refetch();
  };
  return (
    <Page title={t('list.title')}>
      <ReceiptFilters url={url} />
      <NewItemsBar count={fresh.count} text={t('list.newItems', { count: fresh.count })} action={t('list.showNew')} onShow={show} />
      <DataGrid
        caption={t('list.title')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        onOpen={(row) => void navigate(paths.receipt(row.id))}
        empty={<EmptyState text={t('list.none')} />}
      />
      <Pager
        page={url.page}
        total={data?.receipts.totalCount}
        endCursor={data?.receipts.pageInfo.endCursor}
        hasNext={data?.receipts.pageInfo.hasNextPage ?? false}
        onNext={url.next}
        onPrevious={url.previous}
      />
    </Page>
  );
}
