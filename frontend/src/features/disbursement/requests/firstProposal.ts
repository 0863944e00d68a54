import { formatYuan, isNegativeYuan, isZeroYuan, type Yuan } from '~/domain/money';
import { newPayLine, type PayForm, type PayLine } from '~/features/disbursement/requests/disbursementRules';
import type { DisbursementFormQuery, DisbursementKind } from '~/generated/graphql';

type Party = DisbursementFormQuery['parties']['edges'][number]['node'];
export type Known = { parties: readonly Party[]; available: Yuan };

/** What mostly is right: all that is available, to the only applicant. With several applicants a person chooses. */
export function firstLine(kind: DisbursementKind, { parties, available }: Known): PayLine {
  const applicants = parties.filter((party) => party.role === 'APPLICANT');
  const [only] = kind === 'PAY_PARTY' && applicants.length === 1 ? applicants : [];
  const payable = !isZeroYuan(available) && !isNegativeYuan(available);
  return newPayLine({ partyId: only?.id ?? '', payeeName: only?.name ?? '', amount: payable ? formatYuan(available) : '' });
}

/** The form after a change. A proposal that nobody has touched gives way to another kind, and to a second payee. */
export function afterChange(old: PayForm, next: PayForm, known: Known): PayForm {
  const [line, ...others] = old.lines;
  if (!line || others.length > 0) return next;
  const proposed = firstLine(old.kind, known);
  if (next.kind !== old.kind && isSame(line, proposed)) return { ...next, lines: [firstLine(next.kind, known)] };
  if (next.lines.length > 1 && line.amount === proposed.amount) {
    return { ...next, lines: next.lines.map((one) => (one.key === line.key ? { ...one, amount: '' } : one)) };
  }
  return next;
}

function isSame(line: PayLine, other: PayLine): boolean {
  return JSON.stringify({ ...line, key: 0 }) === JSON.stringify({ ...other, key: 0 });
}
