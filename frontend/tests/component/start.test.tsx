import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Shell } from '~/app/Shell';
import { StartPage } from '~/app/StartPage';
import { fakeApi } from '../fixtures/fakeApi';
import { renderAt } from '../fixtures/render';

const nothing = { totalCount: 0, pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null }, edges: [] };
const api = () =>
  fakeApi({
    ReceiptList: () => ({ data: { receipts: { __typename: 'ReceiptConnection', ...nothing } } }),
    DisbursementList: () => ({ data: { disbursements: { __typename: 'DisbursementConnection', ...nothing } } }),
    UnresolvedInstructions: () => ({ data: { instructions: { __typename: 'InstructionConnection', ...nothing } } }),
  });

it.each([
  ['handler', ['case.read', 'disbursement.request', 'overview.read'], '我的案款'],
  ['approver', ['disbursement.read', 'disbursement.approve', 'overview.read'], '待我审批'],
  ['finance supervisor', ['disbursement.audit', 'overview.read'], '财务工作台'],
  ['cashier', ['disbursement.release', 'overview.read'], '今日付款'],
  ['court administrator', ['case.register', 'fund_account.manage', 'overview.read'], '工作台'],
])('starts a %s at the own desk', async (_role, permissions, title) => {
  renderAt(<StartPage />, { client: api().client, permissions });
  expect((await screen.findByRole('heading', { level: 1 })).textContent).toBe(title);
});

it('sends a supervisor of a higher court to the overview', async () => {
  renderAt(<StartPage />, { client: api().client, permissions: ['overview.read', 'case.read'] });
  expect((await screen.findByTestId('address')).textContent).toBe('/overview');
});

it.each([
  [[], ['首页']],
  [['case.read'], ['首页', '案件']],
  [['disbursement.release'], ['首页', '付款释放']],
  [['disbursement.audit'], ['首页', '稽核']],
  [['disbursement.approve'], ['首页', '审批']],
  [['receipt.read'], ['首页', '到账']],
  [['statement.import'], ['首页', '银行流水']],
  [['integration.read'], ['首页', '银行对接']],
  [['alarm.read', 'overview.read'], ['首页', '资金概览', '报表', '告警']],
])('shows to %j exactly the menu of it', async (permissions, words) => {
  renderAt(<Shell />, { client: api().client, permissions });
  const menu = await screen.findByRole('navigation', { name: '主菜单' });
  expect(within(menu).getAllByRole('link').map((link) => link.textContent)).toEqual(words);
});
