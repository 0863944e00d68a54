import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PoolLevel } from '~/features/banking/fund-accounts/PoolLevel';
import { RefillForm } from '~/features/banking/fund-accounts/RefillForm';
import { FundAccountListDocument, type FundAccountListQuery } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { useViewer } from '~/platform/session/sessionStore';
import { useUrlState } from '~/platform/urlState';
import { ActButton } from '~/ui/actions/ActButton';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Pager } from '~/ui/grid/Pager';
import { Amount } from '~/ui/money/Amount';
import { Page } from '~/ui/page/Page';

export type FundAccountRow = FundAccountListQuery['fundAccounts']['edges'][number]['node'];

export function FundAccountsPage() {
  const t = useTranslations('banking');
  const may = usePermissions();
  const own = useViewer().court.id;
  const url = useUrlState();
  const [refilling, setRefilling] = useState<FundAccountRow | null>(null);
  const { data, fault, refetch } = usePageQuery(FundAccountListDocument, { courtId: url.get('court') || null, first: 50, after: url.after });
  const columns: readonly Column<FundAccountRow>[] = [
    { key: 'name', title: t('account.name'), heading: true, cell: (row) => row.name },
    { key: 'bank', title: t('account.bank'), cell: (row) => `${row.bankName} ${row.accountNoMasked}` },
    { key: 'court', title: t('account.court'), minor: true, cell: (row) => row.court.name },
    { key: 'balance', title: t('account.balance'), numeric: true, cell: (row) => <Amount yuan={row.balance} /> },
    { key: 'unidentified', title: t('account.unidentified'), numeric: true, cell: (row) => <Amount yuan={row.unidentified} /> },
    { key: 'pool', title: t('account.pool'), cell: (row) => (row.court.id !== own ? '--' : opensSubAccounts(row) ? <PoolLevel fundAccountId={row.id} /> : t('account.noPool')) },
    { key: 'polled', title: t('account.polled'), minor: true, cell: (row) => (row.lastPolledAt ? formatInstant(row.lastPolledAt, 'second') : '--') },
    {
      key: 'act',
      title: t('account.act'),
      cell: (row) => (may('fund_account.manage') && opensSubAccounts(row) ? <ActButton onClick={() => setRefilling(row)}>{t('account.refill')}</ActButton> : null),
    },
  ];
  return (
    <Page title={t('account.title')}>
      {refilling ? <RefillForm key={refilling.id} account={refilling} onClose={() => setRefilling(null)} onDone={refetch} /> : null}
      <DataGrid
        caption={t('account.title')}
        columns={columns}
        rows={data?.fundAccounts.edges.map((edge) => edge.node)}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        empty={t('account.none')}
      />
      <Pager
        page={url.page}
        total={data?.fundAccounts.totalCount}
        endCursor={data?.fundAccounts.pageInfo.endCursor}
        hasNext={data?.fundAccounts.pageInfo.hasNextPage ?? false}
        onNext={url.next}
        onPrevious={url.previous}
      />
    </Page>
  );
}

/** A bank that opens none is never asked for any. While its plugin is missing nobody knows. */
function opensSubAccounts({ bank }: FundAccountRow): boolean {
  return bank !== null && (bank.capabilities.subAccountsOnline || bank.capabilities.subAccountsPool);
}
