import { expect, it } from 'vitest';
import { claimOf, clearSuggestion, newLine, rest } from '~/features/collection/receipts/claimRules';

it.each([
  [[96], 0],
  [[96, 60], 0],
  [[96, 90], null],
  [[15], null],
  [[15, 15, 15], null],
  [[], null],
])('scores %j name the case at %s', (scores, at) => {
  const suggestions = scores.map((score) => ({ score }));
  expect(clearSuggestion(suggestions)).toBe(at === null ? null : suggestions[at]);
});

const line = (caseId: string | null, amount: string) => newLine({ caseId, amount });

it('splits one receipt over cases to the fen', () => {
  const lines = [line('a', '100,000.01'), line('b', '19,999.99')];
  expect(rest('120000.00', lines)).toBe('0.00');
  expect(claimOf('120000.00', lines)).toEqual({
    ok: true,
    allocations: [
      { caseId: 'a', amount: '100000.01' },
      { caseId: 'b', amount: '19999.99' },
    ],
  });
});

it.each([
  ['case_missing', [line(null, '1')], 0],
  ['amount_missing', [line('a', '')], 0],
  ['amount_missing', [line('a', '1'), line('b', '1.005')], 1],
  ['twice', [line('a', '1'), line('a', '2')], 1],
  ['over', [line('a', '100'), line('b', '0.01')], 1],
] as const)('refuses %s', (problem, lines, at) => {
  expect(claimOf('100.00', lines)).toEqual({ ok: false, problem, line: at });
});

it('shows by how much the lines take too much', () => {
  expect(rest('100.00', [line('a', '100.01')])).toBe('-0.01');
});
