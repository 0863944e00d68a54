import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ClearAlarmForm } from '~/features/supervision/alarms/ClearAlarmForm';
import { AlarmListDocument, type AlarmListQuery } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { useUrlState } from '~/platform/urlState';
import { ActButton } from '~/ui/actions/ActButton';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Pager } from '~/ui/grid/Pager';
import { Page } from '~/ui/page/Page';
import { StatusMark } from '~/ui/status/StatusMark';

export type AlarmRow = AlarmListQuery['alarms']['edges'][number]['node'];

export function AlarmsPage() {
  const t = useTranslations('supervision');
  const may = usePermissions();
  const url = useUrlState();
  const [clearing, setClearing] = useState<AlarmRow | null>(null);
  const all = url.get('show') === 'all';
  const { data, fault, refetch } = usePageQuery(AlarmListDocument, {
    courtId: url.get('court') || null,
    open: !all,
    first: 50,
    after: url.after,
  });
  const columns: readonly Column<AlarmRow>[] = [
    { key: 'title', title: t('alarm.title'), heading: true, cell: (row) => row.title },
    { key: 'message', title: t('alarm.message'), cell: (row) => row.message },
    { key: 'court', title: t('alarm.court'), minor: true, cell: (row) => row.court.name },
    { key: 'raised', title: t('alarm.raisedAt'), cell: (row) => <AlarmTimes row={row} /> },
    { key: 'state', title: t('alarm.state'), cell: (row) => <AlarmState row={row} /> },
    {
      key: 'act',
      title: t('alarm.act'),
      cell: (row) => (!row.clearedAt && may('alarm.clear') ? <ActButton onClick={() => setClearing(row)}>{t('alarm.clear')}</ActButton> : null),
    },
  ];
  const closeForm = () => setClearing(null);
  return (
    <Page title={t('title')}>
      <label className="ak-check">
        <input type="checkbox" checked={all} onChange={(event) => url.set({ show: event.target.checked ? 'all' : '' })} />
        {t('showCleared')}
      </label>
      {clearing ? (
        <ClearAlarmForm
          key={clearing.id}
          alarm={clearing}
          onClose={closeForm}
          onCleared={() => {
            closeForm();
            refetch();
          }}
        />
      ) : null}
      <DataGrid
        caption={t('title')}
        columns={columns}
        rows={data?.alarms.edges.map((edge) => edge.node)}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        empty={all ? t('noneEver') : t('none')}
      />
      <Pager
        page={url.page}
        total={data?.alarms.totalCount}
        endCursor={data?.alarms.pageInfo.endCursor}
        hasNext={data?.alarms.pageInfo.hasNextPage ?? false}
        onNext={url.next}
        onPrevious={url.previous}
      />
    </Page>
  );
}

function AlarmState({ row }: { row: AlarmRow }) {
  const t = useTranslations('supervision');
  if (!row.clearedAt) return <StatusMark tone="bad">{t('alarm.open')}</StatusMark>;
  return (
    <>
      <StatusMark tone="good">{t('alarm.clearedAt', { at: formatInstant(row.clearedAt) })}</StatusMark>
      <small className="ak-second">{[row.clearedBy, row.note].filter(Boolean).join('：')}</small>
    </>
  );
}

function AlarmTimes({ row }: { row: AlarmRow }) {
  const t = useTranslations('supervision');
  return (
    <>
      {formatInstant(row.raisedAt)}
      {row.times > 1 ? <small className="ak-second">{t('alarm.times', { times: row.times, at: formatInstant(row.lastAt) })}</small> : null}
    </>
  );
}
