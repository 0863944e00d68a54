import { Alert } from 'antd';
import { useTranslations } from 'use-intl';
import { DisbursementChangedDocument, UnresolvedInstructionsDocument, type UnresolvedInstructionsQuery } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';
import { useViewer } from '~/platform/session/sessionStore';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

type Row = UnresolvedInstructionsQuery['instructions']['edges'][number]['node'];

/** Payments whose result the bank has not told yet. There is nothing to press here on purpose. */
export function UnresolvedInstructions() {
  const t = useTranslations('disbursement');
  const courtId = useViewer().court.id;
  const { data, fault, refetch } = usePageQuery(UnresolvedInstructionsDocument, { courtId });
  useLive(DisbursementChangedDocument, {}, (event) => event.disbursementChanged, { onEvent: refetch, onResume: refetch });
  const rows = data?.instructions.edges.map((edge) => edge.node);
  const columns: readonly Column<Row>[] = [
    { key: 'ref', title: t('instruction.ref'), heading: true, cell: (row) => row.clientRef },
    { key: 'payee', title: t('line.payeeName'), cell: (row) => row.payeeName },
    { key: 'amount', title: t('line.amountColumn'), numeric: true, cell: (row) => <Amount yuan={row.amount} /> },
    { key: 'state', title: t('line.state'), cell: (row) => <StatusMark tone={toneOf(row.state)}>{row.stateTitle}</StatusMark> },
    { key: 'next', title: t('instruction.nextTitle'), cell: (row) => (row.nextTryAt ? formatInstant(row.nextTryAt, 'second') : '--') },
  ];
  return (
    <Section title={t('instruction.title')} count={data?.instructions.totalCount}>
      {rows?.some((row) => row.state === 'UNKNOWN') ? <Alert type="warning" showIcon title={t('instruction.unknown')} /> : null}
      <DataGrid caption={t('instruction.title')} columns={columns} rows={rows} rowKey={(row) => row.id} fault={fault} onRetry={refetch} empty={t('instruction.none')} />
    </Section>
  );
}
