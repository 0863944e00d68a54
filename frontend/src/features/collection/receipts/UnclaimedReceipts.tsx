import { useNavigate, Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { useReceiptColumns } from '~/features/collection/receipts/receiptColumns';
import { ReceiptArrivedDocument, ReceiptListDocument, type ReceiptFilter } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';
import { paths } from '~/platform/paths';
import { DataGrid } from '~/ui/grid/DataGrid';
import { Section } from '~/ui/page/Section';

type Props = { title: string; empty: string; filter: ReceiptFilter; more: Record<string, string>; first?: number };

/** A start page's list of receipts. It follows arrivals by itself: this page is watched, not worked in row by row. */
export function UnclaimedReceipts({ title, empty, filter, more, first = 10 }: Props) {
  const t = useTranslations('collection');
  const navigate = useNavigate();
  const { data, fault, refetch } = usePageQuery(ReceiptListDocument, { filter, first, after: null });
  const rows = data?.receipts.edges.map((edge) => edge.node);
  const columns = useReceiptColumns(rows);
  useLive(ReceiptArrivedDocument, {}, (event) => event.receiptArrived, { onEvent: refetch, onResume: refetch });
  return (
    <Section title={title} count={data?.receipts.totalCount} actions={<Link to={paths.receipts(more)}>{t('list.all')}</Link>}>
      <DataGrid
        caption={title}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        onOpen={(row) => void navigate(paths.receipt(row.id))}
        empty={empty}
      />
    </Section>
  );
}
