import { useState } from 'react';
import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { UndoForm } from '~/features/collection/receipts/UndoForm';
import type { ReceiptDetail_ReceiptFragment } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { paths } from '~/platform/paths';
import { ActButton } from '~/ui/actions/ActButton';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Allocation = ReceiptDetail_ReceiptFragment['allocations'][number];
type Props = { receipt: ReceiptDetail_ReceiptFragment; onUndone: () => void };

/** Where the money went, and taking it back while it is unspent. Undone ones stay, marked. */
export function AllocationList({ receipt, onUndone }: Props) {
  const t = useTranslations('collection');
  const [undoing, setUndoing] = useState<Allocation | null>(null);
  const columns: readonly Column<Allocation>[] = [
    { key: 'case', title: t('claim.case'), heading: true, cell: (row) => <Link to={paths.case(row.case.id)}>{row.case.number}</Link> },
    { key: 'amount', title: t('receipt.amount'), numeric: true, cell: (row) => <Amount yuan={row.amount} /> },
    { key: 'reason', title: t('claim.reason'), cell: (row) => row.reason },
    { key: 'who', title: t('allocation.who'), cell: (row) => `${row.allocatedBy} ${formatInstant(row.allocatedAt)}` },
    { key: 'bank', title: t('allocation.adjustment'), minor: true, cell: (row) => row.adjustment?.stateTitle ?? '--' },
    {
      key: 'act',
      title: t('receipt.act'),
      cell: (row) =>
        row.undoneAt ? (
          t('allocation.undone', { at: formatInstant(row.undoneAt) })
        ) : (
          <ActButton allowed={row.viewerCanUndo} onClick={() => setUndoing(row)}>
            {t('allocation.undo')}
          </ActButton>
        ),
    },
  ];
  return (
    <Section title={t('allocation.title')} count={receipt.allocations.length}>
      <DataGrid caption={t('allocation.title')} columns={columns} rows={receipt.allocations} rowKey={(row) => row.id} empty={t('allocation.none')} />
      {undoing ? (
        <UndoForm
          key={undoing.id}
          allocation={undoing}
          onClose={() => setUndoing(null)}
          onUndone={() => {
            setUndoing(null);
            onUndone();
          }}
        />
      ) : null}
    </Section>
  );
}
