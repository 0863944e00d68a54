import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { useDisbursementColumns } from '~/features/disbursement/requests/disbursementColumns';
import { DisbursementChangedDocument, type DisbursementFilter, DisbursementListDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';
import { paths } from '~/platform/paths';
import { DataGrid } from '~/ui/grid/DataGrid';
import { Section } from '~/ui/page/Section';

type Props = { title: string; empty: string; filter: DisbursementFilter; to: string };

/** A start page's list of requests; it follows every change by itself. */
export function DisbursementsInFlight({ title, empty, filter, to }: Props) {
  const t = useTranslations('disbursement');
  const navigate = useNavigate();
  const columns = useDisbursementColumns();
  const { data, fault, refetch } = usePageQuery(DisbursementListDocument, { filter, first: 10, after: null });
  useLive(DisbursementChangedDocument, {}, (event) => event.disbursementChanged, { onEvent: refetch, onResume: refetch });
  return (
    <Section title={title} count={data?.disbursements.totalCount} actions={<Link to={to}>{t('list.all')}</Link>}>
      <DataGrid
        caption={title}
        columns={columns}
        rows={data?.disbursements.edges.map((edge) => edge.node)}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        onOpen={(row) => void navigate(paths.disbursement(row.id))}
        empty={empty}
      />
    </Section>
  );
}
