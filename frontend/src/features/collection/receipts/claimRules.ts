import { fenOf, readPositiveYuan, yuanOf, type Yuan } from '~/domain/money';
import type { AllocationInput } from '~/generated/graphql';

export type ClaimLine = { key: number; caseId: string | null; caseText: string; amount: string };
export type ClaimProblem = 'case_missing' | 'amount_missing' | 'over' | 'twice';

/** From this score on, and with this lead over the next, a suggestion may stand in the form by itself. */
const SURE_SCORE = 80;
const SURE_LEAD = 20;

/** The one case that the evidence clearly names, or null: several equal guesses must not look like an answer. */
export function clearSuggestion<TSuggestion extends { score: number }>(suggestions: readonly TSuggestion[]): TSuggestion | null {
  const [best, next] = suggestions;
  if (!best || best.score < SURE_SCORE) return null;
  return next && best.score - next.score < SURE_LEAD ? null : best;
}

let keys = 0;

export function newLine(part: Partial<ClaimLine> = {}): ClaimLine {
  keys += 1;
  return { key: keys, caseId: null, caseText: '', amount: '', ...part };
}

/** What is left of the money when the readable lines are taken off; negative when they take too much. */
export function rest(unallocated: Yuan, lines: readonly ClaimLine[]): Yuan {
  const taken = lines.reduce((sum, line) => {
    const reading = readPositiveYuan(line.amount);
    return reading.ok ? sum + reading.fen : sum;
  }, 0n);
  return yuanOf(fenOf(unallocated) - taken);
}

/** The claim as the API takes it, or the first thing that is not right yet. */
export function claimOf(
  unallocated: Yuan,
  lines: readonly ClaimLine[],
): { ok: true; allocations: AllocationInput[] } | { ok: false; problem: ClaimProblem; line: number } {
  const allocations: AllocationInput[] = [];
  for (const [line, { caseId, amount }] of lines.entries()) {
    const reading = readPositiveYuan(amount);
    if (!caseId) return { ok: false, problem: 'case_missing', line };
    if (!reading.ok) return { ok: false, problem: 'amount_missing', line };
    if (allocations.some((one) => one.caseId === caseId)) return { ok: false, problem: 'twice', line };
    allocations.push({ caseId, amount: reading.yuan });
  }
  if (fenOf(rest(unallocated, lines)) < 0n) return { ok: false, problem: 'over', line: lines.length - 1 };
  return { ok: true, allocations };
}
