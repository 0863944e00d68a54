import { Alert } from 'antd';
import { useTranslations } from 'use-intl';
import { rowRanges } from '~/domain/ranges';
import type { ImportCasesMutation } from '~/generated/graphql';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { StatusMark } from '~/ui/status/StatusMark';

export type CaseImportResult = Extract<ImportCasesMutation['importCases'], { __typename: 'ImportCasesSuccess' }>;
type Row = CaseImportResult['rows'][number];

/** Counts, then each reason once with its rows, then the rows themselves. */
export function ImportedCases({ result }: { result: CaseImportResult }) {
  const t = useTranslations('registry');
  const reasons = byReason(result.rows.filter((row) => row.outcome === 'rejected'));
  const columns: readonly Column<Row>[] = [
    { key: 'row', title: t('import.rowNo'), numeric: true, cell: (row) => row.rowNo },
    { key: 'number', title: t('case.number'), heading: true, cell: (row) => row.number ?? '--' },
    { key: 'outcome', title: t('import.outcome'), cell: (row) => <OutcomeMark outcome={row.outcome} dryRun={result.dryRun} /> },
    { key: 'reason', title: t('import.reason'), cell: (row) => row.reason ?? '' },
  ];
  const summary = { created: result.created, existing: result.existing, rejected: result.rejected };
  return (
    <>
      <Alert type={result.rejected > 0 ? 'warning' : 'success'} showIcon title={result.dryRun ? t('import.checked', summary) : t('import.done', summary)} />
      {reasons.size > 0 ? (
        <ul className="ak-reasons">
          {[...reasons].map(([reason, rows]) => (
            <li key={reason}>■ {t('import.rowsReason', { rows: rowRanges(rows.map((row) => row.rowNo)), reason })}</li>
          ))}
        </ul>
      ) : null}
      <DataGrid caption={t('import.rows')} columns={columns} rows={result.rows} rowKey={(row) => String(row.rowNo)} empty={t('import.noRows')} />
    </>
  );
}

function byReason(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.reason ?? '', [...(groups.get(row.reason ?? '') ?? []), row]);
  return groups;
}

function OutcomeMark({ outcome, dryRun }: { outcome: string; dryRun: boolean }) {
  const t = useTranslations('registry');
  if (outcome === 'created') return <StatusMark tone={dryRun ? 'open' : 'good'}>{dryRun ? t('import.willCreate') : t('import.created')}</StatusMark>;
  if (outcome === 'exists') return <StatusMark tone="plain">{t('import.exists')}</StatusMark>;
  return <StatusMark tone="bad">{t('import.rejected')}</StatusMark>;
}
