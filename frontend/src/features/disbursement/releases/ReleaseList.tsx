import { Button } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { totalYuan } from '~/domain/money';
import { type DisbursementRow, useDisbursementColumns } from '~/features/disbursement/requests/disbursementColumns';
import { DisbursementChangedDocument, type DisbursementFilter, DisbursementListDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';
import { paths } from '~/platform/paths';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

export const AWAITING_RELEASE: DisbursementFilter = { awaitingMe: 'RELEASE' };

/** What may be paid now; nothing is ticked beforehand, the sum of what is ticked stays in view. */
export function ReleaseList() {
  const t = useTranslations('disbursement');
  const navigate = useNavigate();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [nothing, setNothing] = useState(false);
  const { data, fault, refetch } = usePageQuery(DisbursementListDocument, { filter: AWAITING_RELEASE, first: 100, after: null });
  useLive(DisbursementChangedDocument, {}, (event) => event.disbursementChanged, { onEvent: refetch, onResume: refetch });
  const base = useDisbursementColumns();
  const rows = data?.disbursements.edges.map((edge) => edge.node);
  const chosen = (rows ?? []).filter((row) => ticked.has(row.id));
  const tick = (id: string, on: boolean) => {
    setNothing(false);
    setTicked((old) => new Set(on ? [...old, id] : [...old].filter((one) => one !== id)));
  };
  const box: Column<DisbursementRow> = {
    key: 'tick',
    title: t('releases.choose'),
    cell: (row) => (
      <input
        type="checkbox"
        className="ak-tick"
        aria-label={t('releases.chooseNumber', { number: row.number })}
        checked={ticked.has(row.id)}
        onChange={(event) => tick(row.id, event.target.checked)}
      />
    ),
  };
  const review = () => (chosen.length === 0 ? setNothing(true) : void navigate(paths.releaseReview(chosen.map((row) => row.id))));
  return (
    <Section title={t('releases.waiting')} count={data?.disbursements.totalCount}>
      <DataGrid
        caption={t('releases.waiting')}
        columns={[box, ...base]}
        rows={rows}
        rowKey={(row) => row.id}
        fault={fault}
        onRetry={refetch}
        empty={t('releases.none')}
      />
      {rows && rows.length > 0 ? (
        <div className="ak-tally">
          <span role="status">
            {t('releases.chosen', { count: chosen.length })} <Amount yuan={totalYuan(chosen.map((row) => row.total))} sign />
          </span>
          <Button onClick={() => setTicked(new Set(rows.map((row) => row.id)))}>{t('releases.chooseAll', { count: rows.length })}</Button>
          <Button type="primary" onClick={review}>
            {t('releases.review')}
          </Button>
          {nothing ? (
            <span className="ak-wrong" role="alert">
              ■ {t('releases.chooseFirst')}
            </span>
          ) : null}
        </div>
      ) : null}
    </Section>
  );
}
