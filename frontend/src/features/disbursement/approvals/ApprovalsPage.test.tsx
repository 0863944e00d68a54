import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ApprovalsPage } from '~/features/disbursement/approvals/ApprovalsPage';
import { allowed, detail } from '../../../../tests/fixtures/disbursement';
import { fakeApi } from '../../../../tests/fixtures/fakeApi';
import { renderAt } from '../../../../tests/fixtures/render';

const can = { ...detail().viewerCan, approve: allowed, sendBack: allowed, reject: allowed, release: detail().viewerCan.edit };
const items = ['d1', 'd2'].map((id) => detail({ id, number: `PD-${id}`, status: 'IN_APPROVAL', viewerCan: can, digest: `digest-${id}` }));

function open() {
  const done = new Set<string>();
  const acted = (root: string, success: string) => (variables: { input: { disbursementId: string } }) => {
    const id = variables.input.disbursementId;
    done.add(id);
    return { data: { [root]: { __typename: success, dryRun: false, disbursement: items.find((item) => item.id === id) } } };
  };
  const api = fakeApi({
    DisbursementList: () => {
      const rows = items.filter((item) => !done.has(item.id));
      return {
        data: {
          disbursements: {
            __typename: 'DisbursementConnection',
            totalCount: rows.length,
            pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
            edges: rows.map((node) => ({ __typename: 'DisbursementEdge', node })),
          },
        },
      };
    },
    DisbursementPage: ({ id }: { id: string }) => ({ data: { disbursement: items.find((item) => item.id === id) } }),
    ApproveDisbursement: acted('approveDisbursement', 'ApproveDisbursementSuccess'),
    SendBackDisbursement: acted('sendBackDisbursement', 'SendBackDisbursementSuccess'),
  });
  renderAt(<ApprovalsPage />, { client: api.client, at: '/approvals', path: '/approvals', permissions: ['disbursement.approve'] });
  const inputs = (operation: string) => api.of(operation).map((variables) => (variables as { input: object }).input);
  return { inputs };
}

it('opens the first item and approves it with one press, bound to the digest on the screen', async () => {
  const { inputs } = open();
  await userEvent.click(await screen.findByRole('button', { name: '同意' }));
  expect(await screen.findByText('已同意')).toBeDefined();
  expect(inputs('ApproveDisbursement')).toMatchObject([{ disbursementId: 'd1', digest: 'digest-d1' }]);
});

it('keeps the decided item in view, so that a second press cannot hit the next one', async () => {
  const { inputs } = open();
  await screen.findByRole('button', { name: '同意' });
  await userEvent.keyboard('a');
  expect(await screen.findByText('已同意')).toBeDefined();
  await userEvent.keyboard('aa');
  expect(screen.getByRole('article', { name: '付款申请 PD-d1' })).toBeDefined();
  await waitFor(() => expect(screen.queryByRole('button', { name: /PD-d1/ })).toBeNull());
  expect(inputs('ApproveDisbursement')).toHaveLength(1);
  await userEvent.click(screen.getByRole('button', { name: '下一件' }));
  expect(await screen.findByRole('article', { name: '付款申请 PD-d2' })).toBeDefined();
});

it('takes no letter typed in the comment for a decision, and wants a reason for sending back', async () => {
  const { inputs } = open();
  const comment = await screen.findByRole('textbox', { name: '意见' });
  await userEvent.click(screen.getByRole('button', { name: '退回' }));
  expect(screen.getByText('退回或驳回请写明理由')).toBeDefined();
  await userEvent.type(comment, 'a r a');
  expect(inputs('ApproveDisbursement')).toHaveLength(0);
  expect(inputs('SendBackDisbursement')).toHaveLength(0);
  await userEvent.click(screen.getByRole('button', { name: '退回' }));
  expect(await screen.findByText('已退回')).toBeDefined();
  expect(inputs('SendBackDisbursement')).toMatchObject([{ disbursementId: 'd1', comment: 'a r a' }]);
});
