import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { DisbursementPage } from '~/features/disbursement/requests/DisbursementPage';
import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import { allowed, detail, refused } from '../../../../tests/fixtures/disbursement';
import { fakeApi } from '../../../../tests/fixtures/fakeApi';
import { renderAt } from '../../../../tests/fixtures/render';

type Instruction = NonNullable<DisbursementDetail['lines'][number]['instruction']>;

function open(found: DisbursementDetail, permissions: readonly string[], answer?: object) {
  const api = fakeApi({
    DisbursementPage: () => ({ data: { disbursement: found } }),
    ApproveDisbursement: () => ({ data: { approveDisbursement: answer } }),
  });
  renderAt(<DisbursementPage />, { client: api.client, at: '/disbursements/d1', path: '/disbursements/:disbursementId', permissions });
  return api;
}

function paid(state: Instruction['state'], receiptUrl: string | null): DisbursementDetail {
  const base = detail({ status: state === 'SETTLED' ? 'SETTLED' : 'RELEASED', viewerCan: { ...detail().viewerCan, release: refused } });
  const instruction: Instruction = {
    __typename: 'Instruction',
    id: 'i1',
    state,
    stateTitle: '状态',
    bankRef: null,
    bankMessage: '',
    attempts: 1,
    nextTryAt: '2026-11-21T06:10:00Z',
    settledAt: null, waitingReason: null, orderUrl: null,
  };
  return { ...base, lines: base.lines.map((line) => ({ ...line, instruction, receiptUrl })) };
}

it('says of an open result that it must not be paid again, when it is asked again, and offers nothing to press', async () => {
  open(paid('UNKNOWN', null), ['disbursement.release', 'disbursement.read']);
  expect((await screen.findByRole('alert')).textContent).toBe('银行结果待确认，系统正在查询；请勿重复付款');
  expect(screen.getByText('14:10:00 再查')).toBeDefined();
  expect(screen.queryAllByRole('button')).toEqual([]);
});

it('links to the receipt when the payment is settled', async () => {
  open(paid('SETTLED', '/payment-receipts/l1.pdf'), ['disbursement.read']);
  expect((await screen.findByRole('link', { name: '查看回单' })).getAttribute('href')).toBe('/payment-receipts/l1.pdf');
  expect(screen.queryByRole('alert')).toBeNull();
});

it('shows an act that is not allowed as disabled with the reason, and hides acts of other desks', async () => {
  open(detail({ status: 'IN_APPROVAL', viewerCan: { ...detail().viewerCan, release: refused } }), ['disbursement.approve']);
  const approve = await screen.findByRole('button', { name: '同意' });
  expect(approve).toHaveProperty('disabled', true);
  expect(document.getElementById(approve.getAttribute('aria-describedby') ?? '')?.textContent).toBe('申请人不能审批自己的申请');
  expect(screen.queryByRole('button', { name: '稽核通过' })).toBeNull();
  expect(screen.queryByRole('button', { name: '提交审批' })).toBeNull();
});

it('reports a stale digest instead of approving something else than was seen', async () => {
  const found = detail({ status: 'IN_APPROVAL', viewerCan: { ...detail().viewerCan, approve: allowed, release: refused } });
  const stale = { __typename: 'Conflict', code: 'stale_digest', message: '申请内容已变更，请重新查看', field: null };
  const api = open(found, ['disbursement.approve'], stale);
  await userEvent.click(await screen.findByRole('button', { name: '同意' }));
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('申请内容已变更'));
  expect(api.of('ApproveDisbursement')).toMatchObject([{ input: { disbursementId: 'd1', digest: found.digest } }]);
});
