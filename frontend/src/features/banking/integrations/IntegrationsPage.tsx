import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { CertificateDays } from '~/features/banking/integrations/CertificateDays';
import { CertifiedMark } from '~/features/banking/integrations/CertifiedMark';
import { ConditionMark } from '~/features/banking/integrations/ConditionMark';
import { queueLength } from '~/features/banking/integrations/integrationRules';
import { type IntegrationFactsFragment, IntegrationListDocument } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useRefresh } from '~/platform/live/useRefresh';
import { paths } from '~/platform/paths';
import { useUrlState } from '~/platform/urlState';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Pager } from '~/ui/grid/Pager';
import { Page } from '~/ui/page/Page';

type Row = IntegrationFactsFragment;

/** Every fund account and the way to its bank, the worst first. */
export function IntegrationsPage() {
  const t = useTranslations('integration');
  const url = useUrlState();
  const navigate = useNavigate();
  const { data, fault, refetch } = usePageQuery(IntegrationListDocument, { courtId: url.get('court') || null, first: 50, after: url.after });
  useRefresh(refetch);
  const columns: readonly Column<Row>[] = [
    {
      key: 'account',
      title: t('column.account'),
      heading: true,
      cell: (row) => (
        <>
          <Link to={paths.integration(row.fundAccount.id)}>{`${row.fundAccount.bankName} ${row.fundAccount.accountNoMasked}`}</Link>
          <small className="ak-second">{row.court.name}</small>
        </>
      ),
    },
    { key: 'condition', title: t('column.condition'), cell: (row) => <ConditionCell row={row} /> },
    { key: 'latency', title: t('column.latency'), cell: (row) => (row.latencyP50Ms === null ? '--' : t('latency', { p50: row.latencyP50Ms, p99: row.latencyP99Ms ?? 0 })) },
    { key: 'calls', title: t('column.calls'), numeric: true, minor: true, cell: (row) => t('callCounts', { calls: row.callsLastHour, failures: row.failuresLastHour }) },
    { key: 'queue', title: t('column.queue'), cell: (row) => <QueueCell queue={row.queue} /> },
    { key: 'certificate', title: t('column.certificate'), cell: (row) => <CertificateDays days={row.certificateDaysLeft} /> },
    { key: 'lastOk', title: t('column.lastOk'), cell: (row) => (row.lastOkAt ? formatInstant(row.lastOkAt, 'second').slice(5) : '--') },
    { key: 'verdict', title: t('column.verdict'), minor: true, cell: (row) => <CertifiedMark summary={row.certificate} /> },
  ];
  return (
    <Page title={t('title')} intro={t('intro')} actions={<Link className="ak-button" to={paths.plugins()}>{t('toPlugins')}</Link>}>
      <DataGrid
        caption={t('title')}
        columns={columns}
        rows={data?.integrations.edges.map((edge) => edge.node)}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        onOpen={(row) => void navigate(paths.integration(row.fundAccount.id))}
        empty={t('none')}
      />
      <Pager
        page={url.page}
        total={data?.integrations.totalCount}
        endCursor={data?.integrations.pageInfo.endCursor}
        hasNext={data?.integrations.pageInfo.hasNextPage ?? false}
        onNext={url.next}
        onPrevious={url.previous}
      />
    </Page>
  );
}

function ConditionCell({ row }: { row: Row }) {
  const t = useTranslations('integration');
  const why = row.plugin.enabled ? row.circuit.lastError : row.plugin.reason;
  return (
    <>
      <ConditionMark integration={row} />
      {row.condition !== 'NORMAL' && why ? <small className="ak-second">{why}</small> : null}
      {row.pollFailures > 0 ? <small className="ak-second">{t('pollFailures', { times: row.pollFailures })}</small> : null}
    </>
  );
}

function QueueCell({ queue }: { queue: Row['queue'] }) {
  const t = useTranslations('integration');
  const count = queueLength(queue);
  return (
    <>
      {count === 0 ? t('queue.none') : t('queue.count', { count })}
      {queue.unknown > 0 ? <small className="ak-second">{t('queue.unknown', { count: queue.unknown })}</small> : null}
      {queue.oldestSince ? <small className="ak-second">{t('queue.oldest', { at: formatInstant(queue.oldestSince).slice(5) })}</small> : null}
    </>
  );
}
