import { useTranslations } from 'use-intl';
import type { OverviewPageQuery } from '~/generated/graphql';
import { DayBars } from '~/ui/chart/DayBars';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Day = OverviewPageQuery['overview']['days'][number];

/** The picture, and the figures it is drawn from. */
export function DayFigures({ days }: { days: readonly Day[] }) {
  const t = useTranslations('insight');
  const columns: readonly Column<Day>[] = [
    { key: 'day', title: t('day'), heading: true, cell: (row) => row.day },
    { key: 'received', title: t('column.received'), numeric: true, cell: (row) => <Amount yuan={row.received} /> },
    { key: 'paid', title: t('column.paid'), numeric: true, cell: (row) => <Amount yuan={row.paid} /> },
  ];
  return (
    <Section title={t('days', { count: days.length })}>
      <DayBars days={days} label={t('daysLabel', { count: days.length })} receivedWord={t('received')} paidWord={t('paid')} />
      <details>
        <summary>{t('asTable')}</summary>
        <DataGrid caption={t('days', { count: days.length })} columns={columns} rows={[...days].reverse()} rowKey={(row) => row.day} empty={t('noDays')} />
      </details>
    </Section>
  );
}
