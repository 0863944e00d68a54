import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { IntegrationPage } from '~/features/banking/integrations/IntegrationPage';
import { fakeApi } from '../../../../tests/fixtures/fakeApi';
import { integration, setting } from '../../../../tests/fixtures/integration';
import { renderAt } from '../../../../tests/fixtures/render';

const message = { __typename: 'BankMessage', id: 'm1', operation: 'DLCTNSUB', startedAt: '2026-11-20T02:31:00Z', milliseconds: 12, answered: true, note: '', instructionNumber: '20261120000000000001' };
const fields = [
  setting({ name: 'endpoint', label: '前置机地址', value: 'old', set: true }),
  setting({ name: 'password', label: '登录口令', kind: 'SECRET', set: true }),
];

function open(permissions: readonly string[]) {
  const api = fakeApi({
    IntegrationPage: () => ({ data: { integration: { ...integration(), bank: null, lastMessages: [message] } } }),
    PluginSettings: () => ({ data: { pluginSettings: fields } }),
    BankMessageTexts: () => ({ data: { node: { __typename: 'BankMessage', id: 'm1', texts: { __typename: 'BankMessageTexts', request: '<acct>6217****1234</acct>', response: null } } } }),
    ChangeFundAccountSettings: ({ input }: { input: { dryRun?: boolean; settings: { name: string; value: string }[] } }) => {
      const wrong = input.settings.some((one) => one.name === 'endpoint' && one.value === 'nonsense');
      const refusal = { __typename: 'InvalidInput', code: 'invalid_fund_account_settings', message: '前置机地址格式有误', field: 'settings.endpoint' };
      const success = { __typename: 'ChangeFundAccountSettingsSuccess', dryRun: input.dryRun === true, changed: ['endpoint'] };
      return { data: { changeFundAccountSettings: wrong ? refusal : success } };
    },
  });
  renderAt(<IntegrationPage />, { client: api.client, at: '/integrations/f1', path: '/integrations/:fundAccountId', permissions });
  return api;
}

const inputs = (api: ReturnType<typeof open>) => api.of('ChangeFundAccountSettings').map((variables) => (variables as { input: Record<string, unknown> }).input);

it('shows neither texts nor settings to who only looks', async () => {
  const api = open(['integration.read']);
  expect(await screen.findByText('DLCTNSUB')).toBeDefined();
  expect(screen.queryByRole('button', { name: '查看' })).toBeNull();
  expect(screen.queryByRole('region', { name: '接入设置' })).toBeNull();
  expect(api.of('PluginSettings')).toEqual([]);
});

it('asks for the texts of a message only when it is opened', async () => {
  const api = open(['integration.read', 'integration.messages']);
  const button = await screen.findByRole('button', { name: '查看' });
  expect(api.of('BankMessageTexts')).toEqual([]);
  await userEvent.click(button);
  const texts = await screen.findByRole('group', { name: '报文 DLCTNSUB' });
  expect(within(texts).getByText('<acct>6217****1234</acct>')).toBeDefined();
  expect(within(texts).getByText('没有应答')).toBeDefined();
});

it('says what is wrong under its field, before anything is asked', async () => {
  const api = open(['integration.read', 'fund_account.manage']);
  const endpoint = await screen.findByLabelText('前置机地址');
  await userEvent.clear(endpoint);
  await userEvent.type(endpoint, 'nonsense');
  await userEvent.click(screen.getByRole('button', { name: '保存设置' }));
  expect(await screen.findByText('■ 前置机地址格式有误')).toBeDefined();
  expect(endpoint.getAttribute('aria-invalid')).toBe('true');
  expect(screen.queryByRole('button', { name: '确认修改' })).toBeNull();
  expect(inputs(api)).toMatchObject([{ dryRun: true }]);
});

it('names what changes, wants the reason, and leaves an untouched secret empty', async () => {
  const api = open(['integration.read', 'fund_account.manage']);
  const endpoint = await screen.findByLabelText('前置机地址');
  expect(screen.getByLabelText<HTMLInputElement>('登录口令').value).toBe('');
  expect(screen.getByText('已设置，留空不改')).toBeDefined();
  await userEvent.clear(endpoint);
  await userEvent.type(endpoint, 'new');
  await userEvent.click(screen.getByRole('button', { name: '保存设置' }));
  expect(await screen.findByText('将修改 中信银行 8112****0102 的：前置机地址')).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: '确认修改' }));
  expect(await screen.findByText('■ 请写明修改原因')).toBeDefined();
  await userEvent.type(screen.getByLabelText('修改原因'), '前置机迁移');
  await userEvent.click(screen.getByRole('button', { name: '确认修改' }));
  await waitFor(() => expect(screen.getByText(/已保存/)).toBeDefined());
  const [trial, real] = inputs(api);
  expect(trial).toMatchObject({ dryRun: true });
  expect(real).toMatchObject({
    fundAccountId: 'f1',
    reason: '前置机迁移',
    settings: [
      { name: 'endpoint', value: 'new' },
      { name: 'password', value: '' },
    ],
  });
});

it('sends nothing when nothing was changed', async () => {
  const api = open(['integration.read', 'fund_account.manage']);
  await userEvent.click(await screen.findByRole('button', { name: '保存设置' }));
  expect(await screen.findByText('没有改动')).toBeDefined();
  expect(inputs(api)).toEqual([]);
});
