import { minusYuan, type Yuan } from '~/domain/money';

type Entry = { kind: string; direction: 'IN' | 'OUT'; amount: Yuan };
export type EntryColumns = { received: Yuan | null; paid: Yuan | null; held: Yuan | null };

/**
 * Where an entry stands, so that in each row the change of what is available is received - paid - held.
 * A reservation is not a payment yet; the payment that follows takes its money from what is held.
 */
export function columnsOf({ kind, direction, amount }: Entry): EntryColumns {
  const less = minusYuan('0.00', amount);
  if (kind === 'hold_reserved') return { received: null, paid: null, held: amount };
  if (kind === 'hold_voided') return { received: null, paid: null, held: less };
  if (kind === 'hold_posted') return { received: null, paid: amount, held: less };
  return direction === 'IN' ? { received: amount, paid: null, held: null } : { received: null, paid: amount, held: null };
}
