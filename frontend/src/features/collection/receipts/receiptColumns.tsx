import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { clearSuggestion } from '~/features/collection/receipts/claimRules';
import type { ReceiptRow_ReceiptFragment } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { paths } from '~/platform/paths';
import type { Column } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

export type ReceiptRow = ReceiptRow_ReceiptFragment;

/**
 * Amount, payer, account and remark in one row: what people need to recognise whose money it is.
 * The last column stands only where some row has something in it.
 */
export function useReceiptColumns(rows: readonly ReceiptRow[] | undefined): readonly Column<ReceiptRow>[] {
  const t = useTranslations('collection');
  const claimable: readonly Column<ReceiptRow>[] = rows?.some((row) => row.status !== 'ALLOCATED')
    ? [{ key: 'act', title: t('receipt.act'), cell: (row) => <ClaimLink row={row} /> }]
    : [];
  return [
    { key: 'number', title: t('receipt.number'), heading: true, cell: (row) => <Link to={paths.receipt(row.id)}>{row.number}</Link> },
    { key: 'amount', title: t('receipt.amount'), numeric: true, cell: (row) => <Amount yuan={row.amount} /> },
    { key: 'payer', title: t('receipt.payer'), cell: (row) => <Payer row={row} /> },
    { key: 'remark', title: t('receipt.remark'), cell: (row) => row.remark || t('receipt.noRemark') },
    { key: 'arrived', title: t('receipt.arrivedAt'), cell: (row) => formatInstant(row.arrivedAt) },
    { key: 'match', title: t('receipt.match'), minor: true, cell: (row) => <Match row={row} /> },
    { key: 'status', title: t('receipt.status'), cell: (row) => <StatusMark tone={toneOf(row.status)}>{t(`status.${row.status}`)}</StatusMark> },
    ...claimable,
  ];
}

function Payer({ row }: { row: ReceiptRow }) {
  return (
    <>
      {row.payerName || '--'}
      <small className="ak-second">
        {row.payerBank} {row.payerAccountMasked}
      </small>
    </>
  );
}

function Match({ row }: { row: ReceiptRow }) {
  const t = useTranslations('collection');
  const clear = clearSuggestion(row.suggestions);
  if (row.status === 'ALLOCATED') return row.matchTitle;
  if (clear) return t('receipt.suggested', { number: clear.case.number, score: clear.score });
  const [only, ...others] = row.suggestions;
  if (only && others.length === 0) return t('receipt.candidate', { number: only.case.number });
  return row.suggestions.length > 0 ? t('receipt.candidates', { count: row.suggestions.length }) : t('receipt.noSuggestion');
}

function ClaimLink({ row }: { row: ReceiptRow }) {
  const t = useTranslations('collection');
  if (row.status === 'ALLOCATED') return null;
  if (!row.viewerCanClaim.allowed) return <small className="ak-muted">{row.viewerCanClaim.reason}</small>;
  return (
    <Link to={paths.receipt(row.id)} aria-label={t('receipt.claimNumber', { number: row.number })}>
      {t('receipt.claim')}
    </Link>
  );
}
