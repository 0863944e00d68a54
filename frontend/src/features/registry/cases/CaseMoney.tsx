import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import type { CaseMoneyQuery } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { paths } from '~/platform/paths';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

type Receipt = CaseMoneyQuery['receipts']['edges'][number]['node'];
type Disbursement = CaseMoneyQuery['disbursements']['edges'][number]['node'];
type Props = { data: CaseMoneyQuery | undefined; fault: { message: string; reference: string | null } | null };

/** What came in for the case and what was asked to be paid out of it. */
export function CaseMoney({ data, fault }: Props) {
  const t = useTranslations('registry');
  const receipts: readonly Column<Receipt>[] = [
    { key: 'number', title: t('money.receiptNumber'), heading: true, cell: (row) => <Link to={paths.receipt(row.id)}>{row.number}</Link> },
    { key: 'amount', title: t('money.amount'), numeric: true, cell: (row) => <Amount yuan={row.amount} /> },
    { key: 'payer', title: t('money.payer'), cell: (row) => row.payerName },
    { key: 'arrived', title: t('money.arrivedAt'), cell: (row) => formatInstant(row.arrivedAt) },
    { key: 'match', title: t('money.match'), minor: true, cell: (row) => row.matchTitle },
    { key: 'status', title: t('case.status'), cell: (row) => <StatusMark tone={toneOf(row.status)}>{t(`receiptStatus.${row.status}`)}</StatusMark> },
  ];
  const disbursements: readonly Column<Disbursement>[] = [
    { key: 'number', title: t('money.disbursementNumber'), heading: true, cell: (row) => <Link to={paths.disbursement(row.id)}>{row.number}</Link> },
    { key: 'total', title: t('money.amount'), numeric: true, cell: (row) => <Amount yuan={row.total} /> },
    { key: 'kind', title: t('money.kind'), cell: (row) => row.kindTitle },
    { key: 'created', title: t('money.createdAt'), cell: (row) => formatInstant(row.createdAt) },
    { key: 'status', title: t('case.status'), cell: (row) => <StatusMark tone={toneOf(row.status)}>{row.statusTitle}</StatusMark> },
  ];
  return (
    <>
      <Section title={t('money.receipts')} count={data?.receipts.totalCount}>
        <DataGrid
          caption={t('money.receipts')}
          columns={receipts}
          rows={data?.receipts.edges.map((edge) => edge.node)}
          rowKey={(row) => row.id}
          fault={fault}
          empty={t('money.noReceipts')}
        />
      </Section>
      <Section title={t('money.disbursements')} count={data?.disbursements.totalCount}>
        <DataGrid
          caption={t('money.disbursements')}
          columns={disbursements}
          rows={data?.disbursements.edges.map((edge) => edge.node)}
          rowKey={(row) => row.id}
          fault={fault}
          empty={t('money.noDisbursements')}
        />
      </Section>
    </>
  );
}
