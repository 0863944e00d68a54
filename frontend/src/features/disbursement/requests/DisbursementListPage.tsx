import { Button } from 'antd';
import { useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { useDisbursementColumns } from '~/features/disbursement/requests/disbursementColumns';
import { type DisbursementFilter, DisbursementListDocument, type DisbursementStatus } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { paths } from '~/platform/paths';
import { useUrlState } from '~/platform/urlState';
import { SearchBox } from '~/ui/form/SearchBox';
import { SelectField } from '~/ui/form/SelectField';
import { DataGrid } from '~/ui/grid/DataGrid';
import { Pager } from '~/ui/grid/Pager';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';

const STATUSES: readonly DisbursementStatus[] = [
  'DRAFT', 'IN_APPROVAL', 'APPROVED', 'AUDITED', 'RELEASED', 'SETTLED', 'PARTLY_SETTLED', 'FAILED', 'WITHDRAWN', 'REJECTED',
];

function filterOf(get: (name: string) => string): DisbursementFilter {
  const status = STATUSES.find((one) => one === get('status'));
  return {
    search: get('search') || null,
    status: status ? [status] : null,
    courtId: get('court') || null,
    mine: get('mine') === 'yes' || null,
  };
}

export function DisbursementListPage() {
  const t = useTranslations('disbursement');
  const navigate = useNavigate();
  const url = useUrlState();
  const columns = useDisbursementColumns();
  const filter = filterOf(url.get);
  const { data, fault, refetch } = usePageQuery(DisbursementListDocument, { filter, first: 50, after: url.after });
  const filtered = Object.values(filter).some((value) => value !== null);
  return (
    <Page title={t('list.title')}>
      <div className="ak-filters">
        <SearchBox label={t('list.search')} placeholder={t('list.searchHint')} value={url.get('search')} onSearch={(text) => url.set({ search: text })} />
        <SelectField
          label={t('request.status')}
          value={url.get('status')}
          none={t('list.anyStatus')}
          choices={STATUSES.map((one) => ({ value: one, label: t(`status.${one}`) }))}
          onChange={(status) => url.set({ status })}
        />
        <label className="ak-check">
          <input type="checkbox" checked={url.get('mine') === 'yes'} onChange={(event) => url.set({ mine: event.target.checked ? 'yes' : '' })} />
          {t('list.mine')}
        </label>
        {filtered ? <Button onClick={() => url.set({ search: '', status: '', mine: '', court: '' })}>{t('list.clear')}</Button> : null}
      </div>
      <DataGrid
        caption={t('list.title')}
        columns={columns}
        rows={data?.disbursements.edges.map((edge) => edge.node)}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        onOpen={(row) => void navigate(paths.disbursement(row.id))}
        empty={<EmptyState text={filtered ? t('list.noneFits') : t('list.noneYet')} />}
      />
      <Pager
        page={url.page}
        total={data?.disbursements.totalCount}
        endCursor={data?.disbursements.pageInfo.endCursor}
        hasNext={data?.disbursements.pageInfo.hasNextPage ?? false}
        onNext={url.next}
        onPrevious={url.previous}
      />
    </Page>
  );
}
