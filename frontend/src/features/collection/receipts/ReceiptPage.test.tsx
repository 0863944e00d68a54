import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ReceiptPage } from '~/features/collection/receipts/ReceiptPage';
import { fakeApi } from '../../../../tests/fixtures/fakeApi';
import { receiptDetail } from '../../../../tests/fixtures/receipt';
import { renderAt } from '../../../../tests/fixtures/render';

const other = { __typename: 'Case', id: 'case2', number: '（2024）鲁0102执恢45号', cause: '民间借贷', handler: null };

function open(receipt = receiptDetail(), refusal?: object) {
  const api = fakeApi({
    ReceiptPage: () => ({ data: { receipt } }),
    CaseChoices: () => ({ data: { cases: { __typename: 'CaseConnection', edges: [{ __typename: 'CaseEdge', node: other }] } } }),
    ClaimReceipt: () => ({
      data: { claimReceipt: refusal ?? { __typename: 'ClaimReceiptSuccess', dryRun: false, receipt: { ...receipt, unallocated: '0.00' } } },
    }),
  });
  renderAt(<ReceiptPage />, { client: api.client, at: '/receipts/r1', path: '/receipts/:receiptId' });
  const claims = () => api.of('ClaimReceipt').map((variables) => (variables as { input: object }).input);
  return { claims };
}

it('claims a suggested receipt with one press', async () => {
  const { claims } = open();
  await userEvent.click(await screen.findByRole('button', { name: '确认认领' }));
  await waitFor(() => expect(claims()).toHaveLength(1));
  expect(claims()[0]).toMatchObject({
    receiptId: 'r1',
    allocations: [{ caseId: 'case1', amount: '120000.00' }],
    reason: '按系统建议认领',
  });
});

it('splits over two cases; the second is found by typing, the rest is offered as its amount', async () => {
  const { claims } = open();
  const amount = await screen.findByRole('textbox', { name: '分配金额' });
  await userEvent.clear(amount);
  await userEvent.type(amount, '100000.01');
  await userEvent.click(screen.getByRole('button', { name: '再分一案' }));
  expect(screen.getByRole('textbox', { name: '分配金额 2' })).toHaveProperty('value', '19,999.99');
  expect(screen.getByText('分配后余额').textContent).toContain('¥0.00');
  await userEvent.type(screen.getByRole('combobox', { name: '案号 2' }), '执恢45');
  await userEvent.click(await screen.findByRole('option', { name: /执恢45号/ }));
  await userEvent.click(screen.getByRole('button', { name: '确认认领' }));
  await waitFor(() => expect(claims()).toHaveLength(1));
  expect(claims()[0]).toMatchObject({
    allocations: [
      { caseId: 'case1', amount: '100000.01' },
      { caseId: 'case2', amount: '19999.99' },
    ],
  });
});

it('does not take typed text for a case', async () => {
  const { claims } = open(receiptDetail({ suggestions: [] }));
  await userEvent.type(await screen.findByRole('combobox', { name: '案号' }), '随便写的');
  await userEvent.click(screen.getByRole('button', { name: '确认认领' }));
  expect(screen.getByRole('alert').textContent).toContain('第 1 行还没有从列表中选定案件');
  expect(claims()).toHaveLength(0);
});

it("shows the server's refusal in its own words, with the code, and keeps the form", async () => {
  open(receiptDetail(), { __typename: 'Conflict', code: 'already_claimed', message: '已由承办人乙认领', field: null });
  await userEvent.click(await screen.findByRole('button', { name: '确认认领' }));
  const alert = await screen.findByRole('alert');
  expect(within(alert).getByText('已由承办人乙认领')).toBeDefined();
  expect(alert.textContent).toContain('already_claimed');
  expect(screen.getByRole('textbox', { name: '分配金额' })).toHaveProperty('value', '120,000.00');
});

it('disables the claim with the reason when the person may not', async () => {
  open(receiptDetail({ viewerCanClaim: { __typename: 'Allowed', allowed: false, code: 'x', reason: '只有承办人可以认领' } }));
  const button = await screen.findByRole('button', { name: '确认认领' });
  expect(button).toHaveProperty('disabled', true);
  expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toBe('只有承办人可以认领');
});
