import { useMemo } from 'react';
import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { CourtTree } from '~/features/insight/overview/CourtTree';
import { DayFigures } from '~/features/insight/overview/DayFigures';
import { HeadFigures } from '~/features/insight/overview/HeadFigures';
import { OverviewPageDocument, ReceiptArrivedDocument } from '~/generated/graphql';
import { formatInstant, nowMs, todayInShanghai } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';
import { paths } from '~/platform/paths';
import { useUrlState } from '~/platform/urlState';
import { DateField } from '~/ui/form/DateField';
import { Page } from '~/ui/page/Page';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

/** A court and the courts below it: today's money, what is open, fourteen days. Every figure leads to its rows. */
export function OverviewPage() {
  const t = useTranslations('insight');
  const url = useUrlState();
  const { data, fault, refetch } = usePageQuery(OverviewPageDocument, { courtId: url.get('court') || null, on: url.get('on') || null });
  useLive(ReceiptArrivedDocument, {}, (event) => event.receiptArrived, { onEvent: refetch, onResume: refetch });
  // The moment these figures came, not the moment they are looked at.
  const readAt = useMemo(() => (data ? new Date(nowMs()).toISOString() : ''), [data]);
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  const { overview } = data;
  return (
    <Page
      title={t('title', { court: overview.court.name })}
      intro={
        <>
          {overview.court.parent ? (
            <Link to={paths.overview({ court: overview.court.parent.id })}>{t('up', { court: overview.court.parent.name })}</Link>
          ) : null}{' '}
          {t('asOf', { at: formatInstant(readAt, 'second') })}
        </>
      }
      actions={<DateField label={t('on')} value={url.get('on') || overview.on || todayInShanghai()} onChange={(on) => url.set({ on })} />}
    >
      <HeadFigures overview={overview} />
      <CourtTree rows={overview.children} />
      <DayFigures days={overview.days} />
    </Page>
  );
}
