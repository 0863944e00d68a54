import { expect, it } from 'vitest';
import { fenOf } from '~/domain/money';
import { columnsOf } from '~/features/registry/cases/ledgerRules';

it('keeps a reservation apart from the payment that follows it', () => {
  const entries = [
    { kind: 'receipt', direction: 'IN', amount: '120000.00' },
    { kind: 'hold_reserved', direction: 'OUT', amount: '86000.55' },
    { kind: 'hold_posted', direction: 'OUT', amount: '86000.55' },
  ] as const;
  const columns = entries.map(columnsOf);
  expect(columns).toEqual([
    { received: '120000.00', paid: null, held: null },
    { received: null, paid: null, held: '86000.55' },
    { received: null, paid: '86000.55', held: '-86000.55' },
  ]);
  const sum = (name: 'received' | 'paid' | 'held') => columns.reduce((total, one) => total + fenOf(one[name] ?? '0.00'), 0n);
  expect(sum('received') - sum('paid') - sum('held')).toBe(fenOf('33999.45'));
  expect(sum('held')).toBe(0n);
});

it('gives back what was held when a payment fails', () => {
  expect(columnsOf({ kind: 'hold_voided', direction: 'IN', amount: '5.00' })).toEqual({ received: null, paid: null, held: '-5.00' });
  expect(columnsOf({ kind: 'allocation_undone', direction: 'OUT', amount: '5.00' })).toEqual({ received: null, paid: '5.00', held: null });
});
