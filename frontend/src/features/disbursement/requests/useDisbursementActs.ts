import { useTranslations } from 'use-intl';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { visibleActs } from '~/features/disbursement/requests/actRules';
import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import {
  ApproveDisbursementDocument,
  AuditDisbursementDocument,
  type DisbursementActInput,
  RejectDisbursementDocument,
  SendBackDisbursementDocument,
  SubmitDisbursementDocument,
  WithdrawDisbursementDocument,
} from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { type CommandPhase, useCommand } from '~/platform/api/useCommand';
import { usePermissions } from '~/platform/permissions/usePermissions';

export type ActName = 'submit' | 'approve' | 'audit' | 'sendBack' | 'reject' | 'withdraw';
export type Act = { phase: CommandPhase; run: () => Promise<boolean> };

/** Acts that take something away from somebody need a reason in words. */
const NEEDS_COMMENT: ReadonlySet<ActName> = new Set(['sendBack', 'reject']);
type Context = { comment: string; onDone: (act: ActName) => void; onProblem: (problem: Problem | null) => void };

/** Every act carries the digest of what this person has on the screen. */
export function useDisbursementActs(found: DisbursementDetail, context: Context) {
  const may = usePermissions();
  const acts: Record<ActName, Act> = {
    submit: useAct('submit', SubmitDisbursementDocument, found, context),
    approve: useAct('approve', ApproveDisbursementDocument, found, context),
    audit: useAct('audit', AuditDisbursementDocument, found, context),
    sendBack: useAct('sendBack', SendBackDisbursementDocument, found, context),
    reject: useAct('reject', RejectDisbursementDocument, found, context),
    withdraw: useAct('withdraw', WithdrawDisbursementDocument, found, context),
  };
  const shown = visibleActs(found, may);
  return { acts, shown, commentUseful: shown.some((name) => name !== 'submit' && found.viewerCan[name].allowed) };
}

function useAct<TData extends object>(
  name: ActName,
  document: TypedDocumentNode<TData, { input: DisbursementActInput }>,
  found: DisbursementDetail,
  { comment, onDone, onProblem }: Context,
): Act {
  const t = useTranslations('disbursement');
  const command = useCommand(document);
  const run = async () => {
    if (!found.viewerCan[name].allowed) return false;
    if (NEEDS_COMMENT.has(name) && comment.trim() === '') {
      onProblem({ message: t('act.commentNeeded') });
      return false;
    }
    const outcome = await command.run({ disbursementId: found.id, digest: found.digest, comment: comment.trim() || null });
    if (!outcome) return false;
    onProblem(problemOf(outcome));
    if (outcome.kind !== 'success') return false;
    onDone(name);
    return true;
  };
  return { phase: command.phase, run };
}
