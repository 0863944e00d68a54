import { expect, it } from 'vitest';
import { periodProblem } from '~/features/insight/reports/periodRules';

it('takes one day to a leap year, both days included', () => {
  expect(periodProblem('2026-11-20', '2026-11-20')).toBeNull();
  expect(periodProblem('2024-01-01', '2024-12-31')).toBeNull();
  expect(periodProblem('2024-01-01', '2025-01-01')).toBe('long');
  expect(periodProblem('2026-11-20', '2026-11-19')).toBe('order');
});
