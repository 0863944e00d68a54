import { expect, it } from 'vitest';
import { earlierRounds, latestRound } from '~/features/disbursement/requests/checkRules';

const submitted = { check: 'balance', stage: 'submit', at: '2026-11-21T10:00:00Z' };
const released = { check: 'balance', stage: 'release', at: '2026-11-21T11:00:00Z' };
const releasedToo = { check: 'account', stage: 'release', at: '2026-11-21T11:00:00Z' };

it('tells the round that counts from those before it', () => {
  const all = [submitted, released, releasedToo];
  expect(latestRound(all)).toEqual([released, releasedToo]);
  expect(earlierRounds(all)).toEqual([submitted]);
  expect(latestRound([submitted])).toEqual([submitted]);
  expect(latestRound([])).toEqual([]);
});
