import { useTranslations } from 'use-intl';
import { periodProblem } from '~/features/insight/reports/periodRules';
import { ReportListDocument, type ReportListQuery } from '~/generated/graphql';
import { todayInShanghai } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { paths } from '~/platform/paths';
import { useUrlState } from '~/platform/urlState';
import { DateField } from '~/ui/form/DateField';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Page } from '~/ui/page/Page';

type Row = ReportListQuery['reports'][number];
const ENDINGS = ['xlsx', 'csv'] as const;

/** Files for people who work with tables; this month by default. */
export function ReportsPage() {
  const t = useTranslations('insight');
  const url = useUrlState();
  const { data, fault, refetch } = usePageQuery(ReportListDocument, {});
  const today = todayInShanghai();
  const first = url.get('first') || `${today.slice(0, 8)}01`;
  const last = url.get('last') || today;
  const court = url.get('court');
  const wrong = periodProblem(first, last);
  const columns: readonly Column<Row>[] = [
    { key: 'name', title: t('report.name'), heading: true, cell: (row) => row.title },
    { key: 'what', title: t('report.columns'), cell: (row) => <What row={row} /> },
    {
      key: 'files',
      title: t('report.download'),
      cell: (row) =>
        wrong ? (
          '--'
        ) : (
          <span className="ak-actions">
            {ENDINGS.map((ending) => (
              <a key={ending} className="ak-button" href={paths.reportFile(row.id, ending, { first, last, ...(court ? { court } : {}) })} download>
                {t(`report.${ending}`)}
              </a>
            ))}
          </span>
        ),
    },
  ];
  return (
    <Page title={t('report.title')} intro={t('report.intro')}>
      <div className="ak-filters" role="group" aria-label={t('report.period')}>
        <DateField label={t('report.first')} value={first} onChange={(day) => url.set({ first: day })} />
        <DateField label={t('report.last')} value={last} onChange={(day) => url.set({ last: day })} />
        {wrong ? (
          <p className="ak-wrong" role="alert">
            ■ {t(`report.${wrong}`)}
          </p>
        ) : null}
      </div>
      <DataGrid caption={t('report.title')} columns={columns} rows={data?.reports} rowKey={(row) => row.id} fault={fault} onRetry={refetch} empty={t('report.none')} />
    </Page>
  );
}

function What({ row }: { row: Row }) {
  return (
    <>
      {row.description}
      <small className="ak-second">{row.columns.map((column) => column.title).join(' · ')}</small>
    </>
  );
}
