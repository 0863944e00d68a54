import { expect, it } from 'vitest';
import { certificateTone, changedLabels, fieldOf, queueLength, valuesOf } from '~/features/banking/integrations/integrationRules';
import { setting } from '../../../../tests/fixtures/integration';

it('warns a month before a certificate ends and alarms a week before', () => {
  expect([31, 30, 8, 7, 0, -1].map(certificateTone)).toEqual(['good', 'warn', 'warn', 'bad', 'bad', 'bad']);
});

it('counts every order whose fate is open', () => {
  expect(queueLength({ __typename: 'BankQueue', ready: 1, sending: 2, accepted: 3, unknown: 4, awaitingBank: 5, oldestSince: null })).toBe(15);
});

it('never has a secret in hand, and an untouched one is no change', () => {
  const fields = [setting({ name: 'endpoint', label: 'A', value: 'x' }), setting({ name: 'password', label: 'B', kind: 'SECRET', value: null, set: true })];
  expect(valuesOf(fields)).toEqual({ endpoint: 'x', password: '' });
  expect(changedLabels(fields, valuesOf(fields))).toEqual([]);
  expect(changedLabels(fields, { endpoint: ' x ', password: 'new' })).toEqual(['B']);
  expect(changedLabels(fields, { endpoint: '', password: '' })).toEqual(['A']);
});

it('finds the field that an error names', () => {
  expect(fieldOf('settings.endpoint')).toBe('endpoint');
  expect([fieldOf('settings'), fieldOf('reason'), fieldOf(null)]).toEqual([null, null, null]);
});
