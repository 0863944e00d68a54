import { act, render, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { ConfigProvider } from 'antd';
import { IntlProvider } from 'use-intl';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SessionGate } from '~/app/SessionGate';
import { messages } from '~/platform/i18n/messages.zh-CN';
import { liveSocket } from '~/platform/live/liveSocket';
import { session } from '~/platform/session/sessionStore';
import { viewer } from '../fixtures/render';

let signedIn: boolean;
let bodies: { path: string; body: unknown }[];

beforeEach(() => {
  signedIn = false;
  bodies = [];
  session.loading();
  vi.spyOn(liveSocket, 'restart').mockImplementation(() => undefined);
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body)) as { password?: string };
    bodies.push({ path, body });
    if (path === '/auth/sign-in') {
      signedIn = body.password === 'right';
      return new Response(JSON.stringify(signedIn ? {} : { code: 'bad_credentials' }), { status: signedIn ? 200 : 401 });
    }
    const answer = { data: { viewer: signedIn ? viewer([]) : null } };
    return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function open() {
  render(
    <ConfigProvider button={{ autoInsertSpace: false }}>
      <IntlProvider locale="zh-CN" messages={messages}>
        <SessionGate>
          <textarea aria-label="草稿" />
        </SessionGate>
      </IntlProvider>
    </ConfigProvider>,
  );
}

async function enter(password: string) {
  await userEvent.type(screen.getByLabelText('密码'), password);
  await userEvent.click(screen.getByRole('button', { name: '登录' }));
}

it('lets nobody in without a right password, says why, and shows the page after one', async () => {
  open();
  await userEvent.type(await screen.findByLabelText('用户名'), 'chengban');
  await enter('wrong');
  expect((await screen.findByRole('alert')).textContent).toContain('用户名或密码不正确');
  expect(screen.queryByLabelText('草稿')).toBeNull();
  expect(screen.getByLabelText('密码')).toHaveProperty('value', '');
  await enter('right');
  expect(await screen.findByLabelText('草稿')).toBeDefined();
  expect(bodies.filter((one) => one.path === '/auth/sign-in').map((one) => one.body)).toEqual([
    { login: 'chengban', password: 'wrong' },
    { login: 'chengban', password: 'right' },
  ]);
  expect(liveSocket.restart).toHaveBeenCalledOnce();
});

it('covers the page when the session ends, and keeps what was written on it', async () => {
  signedIn = true;
  open();
  await userEvent.type(await screen.findByLabelText('草稿'), '写了一半');
  signedIn = false;
  act(() => session.expire());
  expect(screen.getByRole('dialog', { name: '登录已过期' })).toBeDefined();
  expect(screen.getByLabelText('用户名')).toHaveProperty('value', 'chengban');
  await enter('right');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByLabelText('草稿')).toHaveProperty('value', '写了一半');
});
