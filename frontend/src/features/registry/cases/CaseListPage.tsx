import { Button } from 'antd';
import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { useCaseColumns } from '~/features/registry/cases/caseColumns';
import { CaseListDocument, type CaseStatus } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { paths } from '~/platform/paths';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { useUrlState } from '~/platform/urlState';
import { SearchBox } from '~/ui/form/SearchBox';
import { SelectField } from '~/ui/form/SelectField';
import { DataGrid } from '~/ui/grid/DataGrid';
import { Pager } from '~/ui/grid/Pager';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';

const STATUSES = ['OPEN', 'SUSPENDED', 'CLOSED'] as const satisfies readonly CaseStatus[];

export function CaseListPage() {
  const t = useTranslations('registry');
  const navigate = useNavigate();
  const may = usePermissions();
  const url = useUrlState();
  const columns = useCaseColumns();
  const search = url.get('search');
  const status = STATUSES.find((one) => one === url.get('status')) ?? null;
  const mine = url.get('mine') === 'yes';
  const courtId = url.get('court') || null;
  const { data, fault, refetch } = usePageQuery(CaseListDocument, {
    filter: { search: search || null, status, mine: mine || null, courtId },
    first: 50,
    after: url.after,
  });
  const filtered = search !== '' || status !== null || mine || courtId !== null;
  return (
    <Page title={t('list.title')} actions={may('case.register') ? <ListActs /> : null}>
      <div className="ak-filters">
        <SearchBox label={t('list.search')} placeholder={t('list.searchHint')} value={search} onSearch={(text) => url.set({ search: text })} />
        <SelectField
          label={t('case.status')}
          value={status ?? ''}
          none={t('list.anyStatus')}
          choices={STATUSES.map((one) => ({ value: one, label: t(`status.${one}`) }))}
          onChange={(value) => url.set({ status: value })}
        />
        <label className="ak-check">
          <input type="checkbox" checked={mine} onChange={(event) => url.set({ mine: event.target.checked ? 'yes' : '' })} />
          {t('list.mine')}
        </label>
        {filtered ? <Button onClick={() => url.set({ search: '', status: '', mine: '', court: '' })}>{t('list.clear')}</Button> : null}
      </div>
      <DataGrid
        caption={t('list.title')}
        columns={columns}
        rows={data?.cases.edges.map((edge) => edge.node)}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        onOpen={(row) => void navigate(paths.case(row.id))}
        empty={<EmptyState text={filtered ? t('list.noneFits') : t('list.noneYet')} />}
      />
      <Pager
        page={url.page}
        total={data?.cases.totalCount}
        endCursor={data?.cases.pageInfo.endCursor}
        hasNext={data?.cases.pageInfo.hasNextPage ?? false}
        onNext={url.next}
        onPrevious={url.previous}
      />
    </Page>
  );
}

function ListActs() {
  const t = useTranslations('registry');
  return (
    <>
      <Link className="ak-button" to={paths.importCases()}>
        {t('list.import')}
      </Link>
      <Link className="ak-button ak-button-primary" to={paths.registerCase()}>
        {t('list.register')}
      </Link>
    </>
  );
}
