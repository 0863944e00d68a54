import { Alert } from 'antd';
import { useTranslations } from 'use-intl';
import { InstructionState } from '~/features/disbursement/requests/InstructionState';
import type { LinePart } from '~/features/disbursement/requests/parts';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

/** Payees with what the bank has said about each payment so far. */
export function DisbursementLines({ lines }: { lines: readonly LinePart[] }) {
  const t = useTranslations('disbursement');
  const columns: readonly Column<LinePart>[] = [
    { key: 'no', title: t('line.no'), cell: (row) => row.lineNo },
    { key: 'payee', title: t('line.payeeName'), heading: true, cell: (row) => row.payeeName },
    { key: 'account', title: t('line.payeeAccount'), cell: (row) => <Account line={row} /> },
    { key: 'amount', title: t('line.amountColumn'), numeric: true, cell: (row) => <Amount yuan={row.amount} /> },
    { key: 'state', title: t('line.state'), cell: (row) => (row.instruction ? <InstructionState instruction={row.instruction} /> : '--') },
    {
      key: 'receipt',
      title: t('line.receipt'),
      cell: (row) =>
        row.receiptUrl ? (
          <a href={row.receiptUrl} target="_blank" rel="noreferrer">
            {t('line.openReceipt')}
          </a>
        ) : (
          '--'
        ),
    },
  ];
  const unknown = lines.some((line) => line.instruction?.state === 'UNKNOWN');
  return (
    <Section title={t('line.title')} count={lines.length}>
      {unknown ? <Alert type="warning" showIcon title={t('instruction.unknown')} /> : null}
      <DataGrid caption={t('line.title')} columns={columns} rows={lines} rowKey={(row) => row.id} empty={t('line.none')} />
    </Section>
  );
}

function Account({ line }: { line: LinePart }) {
  return (
    <>
      <span className="ak-amount">{line.payeeAccount || line.payeeAccountMasked}</span>
      <small className="ak-second">
        {line.payeeBankName} {line.payeeBankCode ?? ''}
      </small>
    </>
  );
}
