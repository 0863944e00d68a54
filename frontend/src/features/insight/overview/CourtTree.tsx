import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import type { OverviewPageQuery } from '~/generated/graphql';
import { paths } from '~/platform/paths';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Row = OverviewPageQuery['overview']['children'][number];

/** The courts one step below; opening one shows the step below that. */
export function CourtTree({ rows }: { rows: readonly Row[] }) {
  const t = useTranslations('insight');
  const navigate = useNavigate();
  if (rows.length === 0) return null;
  const columns: readonly Column<Row>[] = [
    { key: 'court', title: t('court'), heading: true, cell: (row) => <Link to={paths.overview({ court: row.court.id })}>{row.court.name}</Link> },
    { key: 'in', title: t('column.received'), numeric: true, cell: (row) => <Link to={paths.receipts({ court: row.court.id })}><Amount yuan={row.receivedToday} /></Link> },
    { key: 'out', title: t('column.paid'), numeric: true, cell: (row) => <Link to={paths.disbursements({ court: row.court.id })}><Amount yuan={row.paidToday} /></Link> },
    { key: 'balance', title: t('column.balance'), numeric: true, cell: (row) => <Amount yuan={row.balance} /> },
    {
      key: 'unidentified',
      title: t('column.unidentified'),
      numeric: true,
      cell: (row) => (
        <Link to={paths.receipts({ court: row.court.id, status: 'UNIDENTIFIED' })}>
          <Amount yuan={row.unidentified} />
        </Link>
      ),
    },
    { key: 'count', title: t('column.unidentifiedCount'), numeric: true, minor: true, cell: (row) => row.unidentifiedCount },
    { key: 'unknown', title: t('column.unknown'), numeric: true, cell: (row) => (row.unknownInstructions > 0 ? `▲ ${row.unknownInstructions}` : '0') },
  ];
  return (
    <Section title={t('tree')} count={rows.length}>
      <DataGrid
        caption={t('tree')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.court.id}
        onOpen={(row) => void navigate(paths.overview({ court: row.court.id }))}
        empty={t('noCourts')}
      />
    </Section>
  );
}
