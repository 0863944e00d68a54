import { expect, it } from 'vitest';
import { formTotal, newPayLine, payInput, type PayForm } from '~/features/disbursement/requests/disbursementRules';

const line = newPayLine({ payeeName: ' 申请执行人甲 ', payeeAccount: '６２１７ 0000 0000 1208', amount: '￥86,000', partyId: 'p1' });
const form: PayForm = { kind: 'PAY_PARTY', purpose: '执行款发放', lines: [line] };

it('hands over tidy digits and a plain amount', () => {
  expect(payInput(form)).toEqual({
    purpose: '执行款发放',
    lines: [
      { payeeName: '申请执行人甲', payeeAccount: '6217000000001208', payeeBankName: '', payeeBankCode: null, partyId: 'p1', amount: '86000.00' },
    ],
  });
});

it.each([
  ['no purpose', { ...form, purpose: ' ' }],
  ['no account', { ...form, lines: [{ ...line, payeeAccount: '' }] }],
  ['no name', { ...form, lines: [{ ...line, payeeName: '' }] }],
  ['three decimals', { ...form, lines: [{ ...line, amount: '1.005' }] }],
  ['no lines', { ...form, lines: [] }],
])('hands over nothing with %s', (_name, broken) => {
  expect(payInput(broken)).toBeNull();
});

it('adds up what can be read', () => {
  expect(formTotal({ ...form, lines: [line, { ...line, amount: '0.10' }, { ...line, amount: 'x' }] })).toBe('86000.10');
});
