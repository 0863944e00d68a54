import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { StatementListDocument, type StatementRow_ImportFragment } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { paths } from '~/platform/paths';
import { useUrlState } from '~/platform/urlState';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Pager } from '~/ui/grid/Pager';
import { Page } from '~/ui/page/Page';

export function StatementsPage() {
  const t = useTranslations('banking');
  const navigate = useNavigate();
  const url = useUrlState();
  const { data, fault, refetch } = usePageQuery(StatementListDocument, { first: 50, after: url.after });
  const columns: readonly Column<StatementRow_ImportFragment>[] = [
    { key: 'file', title: t('statement.file'), heading: true, cell: (row) => <Link to={paths.statement(row.id)}>{row.fileName}</Link> },
    { key: 'account', title: t('statement.account'), cell: (row) => `${row.fundAccount.bankName} ${row.fundAccount.accountNoMasked}` },
    { key: 'format', title: t('statement.format'), minor: true, cell: (row) => row.format },
    { key: 'at', title: t('statement.importedAt'), cell: (row) => formatInstant(row.importedAt) },
    { key: 'rows', title: t('statement.rowCount'), numeric: true, cell: (row) => row.rowCount },
    { key: 'recorded', title: t('statement.recorded'), numeric: true, cell: (row) => row.recorded },
    { key: 'duplicates', title: t('statement.duplicates'), numeric: true, cell: (row) => row.duplicates },
    { key: 'rejected', title: t('statement.rejected'), numeric: true, cell: (row) => (row.rejected > 0 ? `■ ${row.rejected}` : '0') },
  ];
  return (
    <Page
      title={t('statement.title')}
      actions={
        <Link className="ak-button ak-button-primary" to={paths.importStatement()}>
          {t('statement.import')}
        </Link>
      }
    >
      <DataGrid
        caption={t('statement.title')}
        columns={columns}
        rows={data?.statementImports.edges.map((edge) => edge.node)}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        onOpen={(row) => void navigate(paths.statement(row.id))}
        empty={t('statement.none')}
      />
      <Pager
        page={url.page}
        total={data?.statementImports.totalCount}
        endCursor={data?.statementImports.pageInfo.endCursor}
        hasNext={data?.statementImports.pageInfo.hasNextPage ?? false}
        onNext={url.next}
        onPrevious={url.previous}
      />
    </Page>
  );
}
