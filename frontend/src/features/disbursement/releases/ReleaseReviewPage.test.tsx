import { act, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ReleaseReviewPage } from '~/features/disbursement/releases/ReleaseReviewPage';
import { session } from '~/platform/session/sessionStore';
import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import { detail } from '../../../../tests/fixtures/disbursement';
import { fakeApi } from '../../../../tests/fixtures/fakeApi';
import { renderAt, viewer } from '../../../../tests/fixtures/render';

/** The confirmation stays shut for a moment, so that a double click on the first button cannot pay. */
async function confirm() {
  const button = screen.getByRole('button', { name: '确认签名付款' });
  expect(button).toHaveProperty('disabled', true);
  await waitFor(() => expect(button).toHaveProperty('disabled', false));
  await userEvent.click(button);
}

const PAID = {
  data: {
    releaseDisbursements: { __typename: 'ReleaseDisbursementsSuccess', dryRun: false, total: '1203450.00', totalCapitals: '壹佰贰拾万叁仟肆佰伍拾元整', disbursements: [] },
  },
};

function open(answered: Promise<void> = Promise.resolve()) {
  let waiting: DisbursementDetail[] = [
    detail({ id: 'a', number: 'PD-A', total: '860000.00', digest: 'aaaa1111' }),
    detail({ id: 'b', number: 'PD-B', total: '343450.00', digest: 'bbbb2222' }),
    detail({ id: 'c', number: 'PD-C', total: '1.00' }),
  ];
  const api = fakeApi({
    ReleaseReview: () => ({
      data: {
        disbursements: { __typename: 'DisbursementConnection', totalCount: waiting.length, edges: waiting.map((node) => ({ __typename: 'DisbursementEdge', node })) },
      },
    }),
    ReleaseDisbursements: async () => {
      await answered;
      return PAID;
    },
  });
  renderAt(<ReleaseReviewPage />, { client: api.client, at: '/releases/review?item=a&item=b', path: '/releases/review' });
  return {
    inputs: () => api.of('ReleaseDisbursements').map((variables) => (variables as { input: { items: object[] } }).input),
    change: (next: (old: DisbursementDetail[]) => DisbursementDetail[]) => {
      waiting = next(waiting);
      // A new sign-in makes the page read again, as a live event does.
      act(() => session.signedIn(viewer(['disbursement.release'])));
    },
  };
}

it('pays exactly what was reviewed, after asking once in figures', async () => {
  const { inputs } = open();
  expect(await screen.findByText('壹佰贰拾万叁仟肆佰伍拾元整')).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: '签名付款' }));
  expect(screen.getByRole('alert').textContent).toContain('将付出 2 笔，合计 ¥1,203,450.00');
  expect(inputs()).toHaveLength(0);
  await confirm();
  expect(await screen.findByText(/已提交银行/)).toBeDefined();
  expect(inputs()).toHaveLength(1);
  expect(inputs()[0]?.items).toEqual([
    { disbursementId: 'a', digest: 'aaaa1111' },
    { disbursementId: 'b', digest: 'bbbb2222' },
  ]);
});

it('takes the signature away when an item changes underneath', async () => {
  const { change } = open();
  await userEvent.click(await screen.findByRole('button', { name: '签名付款' }));
  change((old) => old.map((item) => (item.id === 'b' ? { ...item, digest: 'changed' } : item)));
  await waitFor(() => expect(screen.queryByRole('button', { name: '确认签名付款' })).toBeNull());
  expect(screen.getByText(/PD-B 在您核对期间有变化/)).toBeDefined();
  expect(screen.getByText('壹佰贰拾万叁仟肆佰伍拾元整')).toBeDefined();
});

it('leaves out what was taken off the list', async () => {
  const { inputs } = open();
  await userEvent.click(await screen.findByRole('button', { name: '移出 PD-A' }));
  await userEvent.click(screen.getByRole('button', { name: '签名付款' }));
  await confirm();
  await waitFor(() => expect(inputs()).toHaveLength(1));
  expect(inputs()[0]?.items).toEqual([{ disbursementId: 'b', digest: 'bbbb2222' }]);
});

it('does not take its own payment for a change by somebody else', async () => {
  const held = { answer: (): void => undefined };
  const { change } = open(
    new Promise((resolve) => {
      held.answer = resolve;
    }),
  );
  await userEvent.click(await screen.findByRole('button', { name: '签名付款' }));
  await confirm();
  change(() => []);
  expect(await screen.findByRole('button', { name: '正在提交' })).toBeDefined();
  expect(screen.queryByText(/在您核对期间有变化/)).toBeNull();
  held.answer();
  expect(await screen.findByText(/已提交银行/)).toBeDefined();
});
