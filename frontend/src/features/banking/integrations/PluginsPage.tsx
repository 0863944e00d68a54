import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { CertifiedMark } from '~/features/banking/integrations/CertifiedMark';
import { PluginState } from '~/features/banking/integrations/PluginState';
import { PluginListDocument, type PluginListQuery } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useRefresh } from '~/platform/live/useRefresh';
import { paths } from '~/platform/paths';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Page } from '~/ui/page/Page';
import { Section } from '~/ui/page/Section';

type Row = PluginListQuery['plugins'][number];
type LeftOut = PluginListQuery['leftOutPlugins'][number];

/** What is installed, and what was left out at the start. */
export function PluginsPage() {
  const t = useTranslations('plugin');
  const navigate = useNavigate();
  const { data, fault, refetch } = usePageQuery(PluginListDocument, {});
  useRefresh(refetch);
  const columns: readonly Column<Row>[] = [
    { key: 'name', title: t('column.name'), heading: true, cell: (row) => <Link to={paths.plugin(row.id)}>{row.name}</Link> },
    { key: 'id', title: t('column.id'), minor: true, cell: (row) => <code>{row.id}</code> },
    { key: 'kind', title: t('column.kind'), cell: (row) => (KINDS.has(row.kind) ? t(`kind.${row.kind as 'bank'}`) : row.kind) },
    { key: 'version', title: t('column.version'), cell: (row) => row.version },
    { key: 'status', title: t('column.status'), cell: (row) => (row.status ? t(`status.${row.status}`) : '--') },
    { key: 'state', title: t('column.state'), cell: (row) => <PluginState plugin={row} /> },
    { key: 'verdict', title: t('column.verdict'), cell: (row) => (row.kind === 'bank' ? <CertifiedMark summary={row.certificate?.summary} /> : '--') },
  ];
  const leftOut: readonly Column<LeftOut>[] = [
    { key: 'name', title: t('column.id'), heading: true, cell: (row) => <code>{row.name}</code> },
    { key: 'reason', title: t('column.reason'), cell: (row) => (REASONS.has(row.reason) ? t(`leftOut.${row.reason as 'raised'}`) : row.reason) },
    { key: 'detail', title: t('column.detail'), cell: (row) => row.detail || '--' },
  ];
  return (
    <Page title={t('title')} intro={t('intro')}>
      {data && data.leftOutPlugins.length > 0 ? (
        <Section title={t('leftOutTitle')} count={data.leftOutPlugins.length}>
          <DataGrid caption={t('leftOutTitle')} columns={leftOut} rows={data.leftOutPlugins} rowKey={(row) => row.name} empty="" />
        </Section>
      ) : null}
      <DataGrid
        caption={t('title')}
        columns={columns}
        rows={data?.plugins}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        onOpen={(row) => void navigate(paths.plugin(row.id))}
        empty={t('none')}
      />
    </Page>
  );
}

const KINDS: ReadonlySet<string> = new Set(['bank', 'verifier', 'signer', 'matcher', 'report', 'sms', 'listener']);
const REASONS: ReadonlySet<string> = new Set([
  'package_missing', 'manifest_missing', 'manifest_unreadable', 'api_range_missing', 'api_incompatible', 'raised', 'died_or_hung',
  'wrong_type', 'no_id', 'registers_nothing', 'unknown_hook', 'duplicate_id',
]);
