import { Button } from 'antd';
import { useTranslations } from 'use-intl';
import type { CasePageQuery, LedgerRows_EntryFragment } from '~/generated/graphql';
import { columnsOf } from '~/features/registry/cases/ledgerRules';
import { todayInShanghai } from '~/platform/clock';
import type { UrlState } from '~/platform/urlState';
import { DateField } from '~/ui/form/DateField';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Pager } from '~/ui/grid/Pager';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Props = { ledger: CasePageQuery['caseLedger']; url: UrlState };

/** Every entry of the case with the balance after it, on the books as of a chosen day. */
export function CaseLedger({ ledger, url }: Props) {
  const t = useTranslations('registry');
  const asOf = url.get('asOf');
  const columns: readonly Column<LedgerRows_EntryFragment>[] = [
    { key: 'on', title: t('ledger.effectiveOn'), cell: (row) => row.effectiveOn },
    { key: 'kind', title: t('ledger.kind'), heading: true, cell: (row) => <EntryKind entry={row} /> },
    { key: 'memo', title: t('ledger.memo'), minor: true, cell: (row) => row.memo || '--' },
    { key: 'in', title: t('ledger.in'), numeric: true, cell: (row) => amountOrNothing(columnsOf(row).received) },
    { key: 'out', title: t('ledger.out'), numeric: true, cell: (row) => amountOrNothing(columnsOf(row).paid) },
    { key: 'held', title: t('ledger.held'), numeric: true, cell: (row) => amountOrNothing(columnsOf(row).held) },
    { key: 'after', title: t('ledger.balanceAfter'), numeric: true, cell: (row) => <Amount yuan={row.balanceAfter} /> },
  ];
  return (
    <Section title={t('ledger.title')} count={ledger.totalCount}>
      <div className="ak-filters">
        <DateField label={t('ledger.asOf')} value={asOf} onChange={(value) => url.set({ asOf: value })} />
        {asOf ? <Button onClick={() => url.set({ asOf: '' })}>{t('ledger.now')}</Button> : null}
        <span className="ak-muted">{asOf ? t('ledger.asOfNote', { date: asOf }) : t('ledger.nowNote', { date: todayInShanghai() })}</span>
      </div>
      <DataGrid caption={t('ledger.title')} columns={columns} rows={ledger.edges.map((edge) => edge.node)} rowKey={(row) => row.id} empty={t('ledger.none')} />
      <Pager
        page={url.page}
        total={ledger.totalCount}
        endCursor={ledger.pageInfo.endCursor}
        hasNext={ledger.pageInfo.hasNextPage}
        onNext={url.next}
        onPrevious={url.previous}
      />
    </Section>
  );
}

function amountOrNothing(yuan: string | null) {
  return yuan === null ? '' : <Amount yuan={yuan} />;
}

function EntryKind({ entry }: { entry: LedgerRows_EntryFragment }) {
  const t = useTranslations('registry');
  return (
    <>
      {entry.kindTitle}
      {entry.reversesId ? <small className="ak-muted"> {t('ledger.reverses')}</small> : null}
      {entry.reversedById ? <small className="ak-muted"> {t('ledger.reversed')}</small> : null}
    </>
  );
}
