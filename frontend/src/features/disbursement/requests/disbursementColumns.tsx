import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import type { DisbursementRow_DisbursementFragment } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { paths } from '~/platform/paths';
import type { Column } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

export type DisbursementRow = DisbursementRow_DisbursementFragment;

export function useDisbursementColumns(): readonly Column<DisbursementRow>[] {
  const t = useTranslations('disbursement');
  return [
    { key: 'number', title: t('request.number'), heading: true, cell: (row) => <Link to={paths.disbursement(row.id)}>{row.number}</Link> },
    { key: 'total', title: t('line.amountColumn'), numeric: true, cell: (row) => <Amount yuan={row.total} /> },
    { key: 'payee', title: t('line.payeeName'), cell: (row) => <Payees row={row} /> },
    { key: 'case', title: t('request.case'), cell: (row) => <Link to={paths.case(row.case.id)}>{row.case.number}</Link> },
    { key: 'by', title: t('request.requestedBy'), minor: true, cell: (row) => `${row.requestedBy.name} ${formatInstant(row.submittedAt ?? row.createdAt)}` },
    { key: 'status', title: t('request.status'), cell: (row) => <RowStatus row={row} /> },
  ];
}

function Payees({ row }: { row: DisbursementRow }) {
  const t = useTranslations('disbursement');
  const first = row.lines[0];
  return row.lines.length > 1 ? t('request.payees', { name: first?.payeeName ?? '', count: row.lines.length }) : (first?.payeeName ?? '--');
}

function RowStatus({ row }: { row: DisbursementRow }) {
  const t = useTranslations('disbursement');
  const unknown = row.lines.some((line) => line.instruction?.state === 'UNKNOWN');
  return <StatusMark tone={unknown ? 'warn' : toneOf(row.status)}>{unknown ? t('instruction.unknownShort') : row.statusTitle}</StatusMark>;
}
