import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { claimOf, clearSuggestion, newLine, rest } from '~/features/collection/receipts/claimRules';
import { ClaimLines } from '~/features/collection/receipts/ClaimLines';
import { Suggestions } from '~/features/collection/receipts/Suggestions';
import { ClaimReceiptDocument, type ReceiptDetail_ReceiptFragment } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { onKey } from '~/platform/keys/onKey';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';
import { formatYuan, isNegativeYuan } from '~/domain/money';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Props = { receipt: ReceiptDetail_ReceiptFragment; onClaimed: () => void };

/** Takes the money into one or several cases. The best suggestion and the whole rest stand ready. */
export function ClaimForm({ receipt, onClaimed }: Props) {
  const t = useTranslations('collection');
  const command = useCommand(ClaimReceiptDocument);
  const best = clearSuggestion(receipt.suggestions)?.case;
  const [lines, setLines] = useState(() => [
    newLine({ caseId: best?.id ?? null, caseText: best?.number ?? '', amount: formatYuan(receipt.unallocated) }),
  ]);
  const [reason, setReason] = useState(best ? t('claim.reasonSuggested') : '');
  const [problem, setProblem] = useState<Problem | null>(null);
  const left = rest(receipt.unallocated, lines);

  const submit = async () => {
    const claim = claimOf(receipt.unallocated, lines);
    if (!claim.ok) {
      setProblem({ message: t(`claim.${claim.problem}`, { n: claim.line + 1 }) });
      return;
    }
    if (reason.trim() === '') {
      setProblem({ message: t('claim.reasonNeeded') });
      return;
    }
    const outcome = await command.run({ receiptId: receipt.id, allocations: claim.allocations, reason: reason.trim() });
    setProblem(problemOf(outcome));
    if (outcome?.kind === 'success') onClaimed();
  };

  return (
    <Section title={t('claim.title')}>
      <form className="ak-form" onSubmit={(event) => event.preventDefault()} onKeyDown={onKey({ 'ctrl+Enter': () => void submit() })}>
        <Refused problem={problem} />
        {receipt.fundAccount.bank?.capabilities.adjustments === false ? <p className="ak-muted">{t('claim.noAdjustment')}</p> : null}
        <Suggestions
          receipt={receipt}
          onTake={(found) => setLines((old) => old.map((line, index) => (index === 0 ? { ...line, caseId: found.id, caseText: found.number } : line)))}
        />
        <ClaimLines lines={lines} courtId={receipt.court.id} left={left} onChange={setLines} />
        <TextField label={t('claim.reason')} value={reason} onChange={setReason} />
        <p className={isNegativeYuan(left) ? 'ak-rest ak-wrong' : 'ak-rest'} role="status">
          {t('claim.rest')} <Amount yuan={left} sign />
        </p>
        <ActButton primary allowed={receipt.viewerCanClaim} phase={command.phase} shortcut="Control+Enter" onClick={() => void submit()}>
          {t('claim.submit')}
        </ActButton>
      </form>
    </Section>
  );
}
