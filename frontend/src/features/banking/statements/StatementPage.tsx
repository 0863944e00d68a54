import { useParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { StatementPageDocument, type StatementPageQuery } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useUrlState } from '~/platform/urlState';
import { SelectField } from '~/ui/form/SelectField';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Pager } from '~/ui/grid/Pager';
import { Amount } from '~/ui/money/Amount';
import { Facts } from '~/ui/page/Facts';
import { Page } from '~/ui/page/Page';
import { Section } from '~/ui/page/Section';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';
import { StatusMark, type Tone } from '~/ui/status/StatusMark';

type Row = NonNullable<StatementPageQuery['statementImport']>['rows']['edges'][number]['node'];
const OUTCOMES = ['recorded', 'duplicate', 'rejected'] as const;
const TONES: Record<(typeof OUTCOMES)[number], Tone> = { recorded: 'good', duplicate: 'plain', rejected: 'bad' };

/** What became of every row of a statement: recorded, known already, or not usable and why. */
export function StatementPage() {
  const t = useTranslations('banking');
  const { importId = '' } = useParams();
  const url = useUrlState();
  const outcome = url.get('outcome');
  const { data, fault, refetch } = usePageQuery(StatementPageDocument, { id: importId, outcome: outcome || null, after: url.after });
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  const found = data.statementImport;
  if (!found) return <EmptyState text={t('statement.missing')} />;
  const columns: readonly Column<Row>[] = [
    { key: 'no', title: t('row.no'), numeric: true, cell: (row) => row.rowNo },
    { key: 'outcome', title: t('row.outcome'), cell: (row) => <RowOutcome outcome={row.outcome} /> },
    { key: 'amount', title: t('row.amount'), numeric: true, cell: (row) => (row.amount ? <Amount yuan={row.amount} /> : '--') },
    { key: 'reason', title: t('row.reason'), cell: (row) => row.reason ?? '' },
    { key: 'text', title: t('row.text'), heading: true, cell: (row) => <code>{row.text}</code> },
  ];
  return (
    <Page title={t('statement.pageTitle', { file: found.fileName })}>
      <Facts
        facts={[
          { term: t('statement.account'), value: `${found.fundAccount.bankName} ${found.fundAccount.accountNoMasked}` },
          { term: t('statement.importedAt'), value: formatInstant(found.importedAt, 'second') },
          { term: t('statement.rowCount'), value: found.rowCount },
          { term: t('statement.recorded'), value: found.recorded },
          { term: t('statement.duplicates'), value: found.duplicates },
          { term: t('statement.rejected'), value: found.rejected },
        ]}
      />
      <Section title={t('row.title')} count={found.rows.totalCount}>
        <SelectField
          label={t('row.outcome')}
          value={outcome}
          none={t('row.any')}
          choices={OUTCOMES.map((one) => ({ value: one, label: t(`outcome.${one}`) }))}
          onChange={(value) => url.set({ outcome: value })}
        />
        <DataGrid caption={t('row.title')} columns={columns} rows={found.rows.edges.map((edge) => edge.node)} rowKey={(row) => String(row.rowNo)} empty={t('row.none')} />
        <Pager
          page={url.page}
          total={found.rows.totalCount}
          endCursor={found.rows.pageInfo.endCursor}
          hasNext={found.rows.pageInfo.hasNextPage}
          onNext={url.next}
          onPrevious={url.previous}
        />
      </Section>
    </Page>
  );
}

function RowOutcome({ outcome }: { outcome: string }) {
  const t = useTranslations('banking');
  const known = OUTCOMES.find((one) => one === outcome);
  return <StatusMark tone={known ? TONES[known] : 'plain'}>{known ? t(`outcome.${known}`) : outcome}</StatusMark>;
}
