import { Alert } from 'antd';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { formatYuan } from '~/domain/money';
import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import { ConfirmPaperPaymentDocument, PaperProposalsDocument, type PaperProposalsQuery } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Proposal = PaperProposalsQuery['paperProposals']['edges'][number]['node'];
type Props = { found: DisbursementDetail; onDone: () => void };

/** For who releases payments, while an order on paper is open: which booking was it? */
export function PaperPayments({ found, onDone }: Props) {
  const may = usePermissions();
  const open = found.lines.flatMap((line) => (line.instruction?.orderUrl ? [line.instruction.id] : []));
  if (open.length === 0 || !may('disbursement.release')) return null;
  return <Proposals fundAccountId={found.fundAccount.id} instructionIds={open} onDone={onDone} />;
}

function Proposals({ fundAccountId, instructionIds, onDone }: { fundAccountId: string; instructionIds: readonly string[]; onDone: () => void }) {
  const t = useTranslations('disbursement');
  const [chosen, setChosen] = useState<Proposal | null>(null);
  const { data, fault, refetch } = usePageQuery(PaperProposalsDocument, { fundAccountId }, { exact: true });
  const rows = data?.paperProposals.edges.map((edge) => edge.node).filter((row) => instructionIds.includes(row.instruction.id));
  const columns: readonly Column<Proposal>[] = [
    { key: 'booked', title: t('paper.bookedOn'), cell: (row) => row.bookedOn },
    { key: 'payee', title: t('line.payeeName'), heading: true, cell: (row) => row.counterName },
    { key: 'account', title: t('line.payeeAccount'), cell: (row) => row.counterAccountMasked },
    { key: 'amount', title: t('line.amountColumn'), numeric: true, cell: (row) => <Amount yuan={row.amount} /> },
    { key: 'remark', title: t('paper.remark'), minor: true, cell: (row) => row.remark || '--' },
    { key: 'act', title: t('paper.act'), cell: (row) => <ActButton onClick={() => setChosen(row)}>{t('paper.choose')}</ActButton> },
  ];
  const done = () => {
    setChosen(null);
    refetch();
    onDone();
  };
  return (
    <Section title={t('paper.title')} count={rows?.length}>
      <p className="ak-muted">{t('paper.intro')}</p>
      <DataGrid caption={t('paper.title')} columns={columns} rows={rows} rowKey={(row) => row.lineId + row.instruction.id} fault={fault} onRetry={refetch} empty={t('paper.none')} />
      {chosen ? <ConfirmForm key={chosen.lineId} proposal={chosen} onClose={() => setChosen(null)} onDone={done} /> : null}
    </Section>
  );
}

function ConfirmForm({ proposal, onClose, onDone }: { proposal: Proposal; onClose: () => void; onDone: () => void }) {
  const t = useTranslations('disbursement');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(ConfirmPaperPaymentDocument);
  const confirm = async () => {
    if (reason.trim() === '') {
      setProblem({ message: t('paper.reasonNeeded') });
      return;
    }
    const outcome = await command.run({ lineId: proposal.lineId, instructionId: proposal.instruction.id, reason: reason.trim() });
    setProblem(problemOf(outcome));
    if (outcome?.kind === 'success') onDone();
  };
  const title = t('paper.ask', { date: proposal.bookedOn, amount: formatYuan(proposal.amount), payee: proposal.counterName });
  return (
    <div className="ak-signature" role="group" aria-label={t('paper.title')}>
      <Refused problem={problem} />
      <Alert type="warning" showIcon title={title} description={t('paper.effect')} />
      <TextField label={t('paper.reason')} value={reason} onChange={setReason} />
      <div className="ak-actions">
        <ActButton primary phase={command.phase} onClick={() => void confirm()}>
          {t('paper.confirm')}
        </ActButton>
        <ActButton onClick={onClose}>{t('paper.back')}</ActButton>
      </div>
    </div>
  );
}
