import { screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { DisbursementPage } from '~/features/disbursement/requests/DisbursementPage';
import { detail } from '../../../../tests/fixtures/disbursement';
import { fakeApi } from '../../../../tests/fixtures/fakeApi';
import { renderAt } from '../../../../tests/fixtures/render';

const instruction = {
  __typename: 'Instruction', id: 'o1', state: 'READY', stateTitle: '待发送', bankRef: null, bankMessage: null, attempts: 0, nextTryAt: null,
  settledAt: null, waitingReason: '等待打印并送交银行', orderUrl: '/payments/o1/order.pdf',
} as const;
const proposal = (lineId: string, instructionId: string) => ({
  __typename: 'PaperProposal', lineId, bookedOn: '2026-11-20', amount: '86000.00', counterName: '申请执行人甲', counterAccountMasked: '6217****1208',
  remark: '', instruction: { __typename: 'Instruction', id: instructionId },
});

function open(permissions: readonly string[]) {
  const lines = detail().lines.map((line) => ({ ...line, instruction }));
  const edges = [proposal('b1', 'o1'), proposal('b2', 'another')].map((node) => ({ __typename: 'PaperProposalEdge', node }));
  const api = fakeApi({
    DisbursementPage: () => ({ data: { disbursement: detail({ status: 'RELEASED', lines }) } }),
    PaperProposals: () => ({ data: { paperProposals: { __typename: 'PaperProposalConnection', totalCount: 2, edges } } }),
    ConfirmPaperPayment: () => ({
      data: { confirmPaperPayment: { __typename: 'ConfirmPaperPaymentSuccess', dryRun: false, instruction: { __typename: 'Instruction', id: 'o1', state: 'SETTLED' } } },
    }),
  });
  renderAt(<DisbursementPage />, { client: api.client, at: '/disbursements/d1', path: '/disbursements/:disbursementId', permissions });
  return api;
}

it('offers the sheet, says what the payment waits for, and asks nobody else for the booking', async () => {
  const api = open(['disbursement.read']);
  const sheet = await screen.findByRole('link', { name: '打印付款凭证' });
  expect(sheet.getAttribute('href')).toBe('/payments/o1/order.pdf');
  expect(screen.getByText('等待：等待打印并送交银行')).toBeDefined();
  expect(api.of('PaperProposals')).toEqual([]);
});

it('lets the cashier confirm the booking of this payment only, with a reason', async () => {
  const api = open(['disbursement.release']);
  await userEvent.click(await screen.findByRole('button', { name: '核对' }));
  await userEvent.click(screen.getByRole('button', { name: '确认已付' }));
  expect(await screen.findByText('请写明认定依据，例如回单编号')).toBeDefined();
  await userEvent.type(screen.getByLabelText('认定依据'), '回单 7731');
  await userEvent.click(screen.getByRole('button', { name: '确认已付' }));
  await screen.findByRole('button', { name: '核对' });
  const inputs = api.of('ConfirmPaperPayment').map((variables) => (variables as { input: object }).input);
  expect(inputs).toMatchObject([{ lineId: 'b1', instructionId: 'o1', reason: '回单 7731' }]);
});
