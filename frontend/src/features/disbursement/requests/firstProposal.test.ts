import { expect, it } from 'vitest';
import { newPayLine, type PayForm, type PayLine } from '~/features/disbursement/requests/disbursementRules';
import { afterChange, firstLine, type Known } from '~/features/disbursement/requests/firstProposal';

const party = (id: string, role: Known['parties'][number]['role']) => ({ __typename: 'Party', id, name: `当事人${id}`, role }) as const;
const known: Known = { parties: [party('甲', 'APPLICANT'), party('乙', 'RESPONDENT')], available: '123456.78' };
const form = (part: Partial<PayLine> = {}): PayForm => ({ kind: 'PAY_PARTY', purpose: '执行款发放', lines: [{ ...firstLine('PAY_PARTY', known), ...part }] });

it('proposes all that is available to the only applicant', () => {
  expect(firstLine('PAY_PARTY', known)).toMatchObject({ partyId: '甲', payeeName: '当事人甲', amount: '123,456.78', payeeAccount: '' });
});

it('leaves the choice to a person where it is one', () => {
  const two = { ...known, parties: [...known.parties, party('丙', 'APPLICANT')] };
  expect(firstLine('PAY_PARTY', two)).toMatchObject({ partyId: '', payeeName: '' });
  expect(firstLine('OTHER_COURT', known)).toMatchObject({ partyId: '', payeeName: '', amount: '123,456.78' });
  expect(firstLine('PAY_PARTY', { ...known, available: '0.00' }).amount).toBe('');
});

it('takes an untouched proposal back when another kind is chosen, and keeps what a person has written', () => {
  const old = form();
  expect(afterChange(old, { ...old, kind: 'OTHER_COURT' }, known).lines[0]).toMatchObject({ partyId: '', payeeName: '' });
  const written = form({ payeeAccount: '6217' });
  expect(afterChange(written, { ...written, kind: 'OTHER_COURT' }, known).lines).toBe(written.lines);
});

it('takes the proposed amount back when a second payee comes, and keeps another amount', () => {
  const old = form();
  expect(afterChange(old, { ...old, lines: [...old.lines, newPayLine()] }, known).lines.map((line) => line.amount)).toEqual(['', '']);
  const written = form({ amount: '5' });
  expect(afterChange(written, { ...written, lines: [...written.lines, newPayLine()] }, known).lines.map((line) => line.amount)).toEqual(['5', '']);
});
