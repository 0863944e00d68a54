import type { Outcome } from '~/platform/api/outcome';

/** What a form shows when an act did not succeed. */
export type Problem = { message: string; code?: string; field?: string | null; reference?: string | null };

/** Null when there is nothing to show: success, or a second press that the lock swallowed. */
export function problemOf<TSuccess>(outcome: Outcome<TSuccess> | null): Problem | null {
  if (outcome?.kind === 'refused') {
    const { message, code, field } = outcome.refusal;
    return { message, code, field: field?.replace(/^input\./, '') };
  }
  if (outcome?.kind === 'fault') return { message: outcome.fault.message, reference: outcome.fault.reference };
  return null;
}
