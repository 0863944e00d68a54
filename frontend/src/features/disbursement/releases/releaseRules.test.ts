import { expect, it } from 'vitest';
import { changedSince, totalsByAccount } from '~/features/disbursement/releases/releaseRules';
import { detail } from '../../../../tests/fixtures/disbursement';

it('sums by the account that is debited', () => {
  const other = { ...detail({ id: 'c', total: '0.01' }), fundAccount: { ...detail().fundAccount, accountNoMasked: '****0022' } };
  expect(totalsByAccount([detail({ id: 'a', total: '0.10' }), detail({ id: 'b', total: '0.20' }), other])).toEqual([
    { account: '示例银行 ****0011', count: 2, total: '0.30' },
    { account: '示例银行 ****0022', count: 1, total: '0.01' },
  ]);
});

it('notices a changed digest, a changed status and a vanished item', () => {
  const seen = [detail({ id: 'a', number: 'A' }), detail({ id: 'b', number: 'B' }), detail({ id: 'c', number: 'C' }), detail({ id: 'd', number: 'D' })];
  const now = [detail({ id: 'a', number: 'A' }), detail({ id: 'b', digest: 'other' }), detail({ id: 'c', status: 'RELEASED' })];
  expect(changedSince(seen, now)).toEqual(['B', 'C', 'D']);
  expect(changedSince(seen, seen)).toEqual([]);
});
