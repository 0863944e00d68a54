import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { Provider } from 'urql';
import { expect, it } from 'vitest';
import { ClearAlarmDocument } from '~/generated/graphql';
import { useCommand } from '~/platform/api/useCommand';
import { session } from '~/platform/session/sessionStore';
import { fakeApi, type Answers } from '../../../tests/fixtures/fakeApi';
import { viewer } from '../../../tests/fixtures/render';

const cleared = { data: { clearAlarm: { __typename: 'ClearAlarmSuccess', dryRun: false, alarm: { __typename: 'Alarm', id: 'a', clearedAt: null } } } };
const refused = { data: { clearAlarm: { __typename: 'Conflict', code: 'already_cleared', message: '已处理', field: null } } };
const input = { alarmId: 'a', note: '已补充' };

function command(answer: Answers[string]) {
  const api = fakeApi({ ClearAlarm: answer });
  const wrapper = ({ children }: { children: ReactNode }) => <Provider value={api.client}>{children}</Provider>;
  const hook = renderHook(() => useCommand(ClearAlarmDocument, [1]), { wrapper });
  const inputs = () => api.of('ClearAlarm').map((variables) => (variables as { input: { idempotencyKey: string; dryRun?: boolean } }).input);
  const keys = () => inputs().map((one) => one.idempotencyKey);
  return { hook, keys, inputs };
}

it('sends once however often it is pressed', async () => {
  const { hook, keys } = command(() => cleared);
  await act(async () => {
    const presses = await Promise.all([1, 2, 3].map(() => hook.result.current.run(input)));
    expect(presses.map((one) => one?.kind ?? 'swallowed')).toEqual(['success', 'swallowed', 'swallowed']);
  });
  expect(keys()).toHaveLength(1);
});

it('asks again with the same key until somebody answers', async () => {
  let tries = 0;
  const { hook, keys } = command(() => {
    tries += 1;
    if (tries < 3) throw new Error('connection lost');
    return cleared;
  });
  await act(async () => {
    expect(await hook.result.current.run(input)).toMatchObject({ kind: 'success' });
  });
  expect(keys()).toHaveLength(3);
  expect(new Set(keys()).size).toBe(1);
  expect(hook.result.current.phase).toBe('idle');
});

it('says that it is confirming while nobody answers', async () => {
  let tries = 0;
  let answer: (() => void) | undefined;
  const { hook } = command(async () => {
    tries += 1;
    if (tries === 1) throw new Error('connection lost');
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return cleared;
  });
  let done: Promise<unknown> = Promise.resolve();
  act(() => {
    done = hook.result.current.run(input);
  });
  expect(hook.result.current.phase).toBe('sending');
  await waitFor(() => expect(hook.result.current.phase).toBe('confirming'));
  await waitFor(() => expect(answer).toBeDefined());
  await act(async () => {
    answer?.();
    await done;
  });
});

it('retires the key with a definite answer', async () => {
  const answers = [refused, cleared, cleared];
  const { hook, keys } = command(() => answers.shift() ?? cleared);
  await act(async () => {
    expect(await hook.result.current.run(input)).toEqual({
      kind: 'refused',
      refusal: { __typename: 'Conflict', code: 'already_cleared', message: '已处理', field: null },
    });
    await hook.result.current.run(input);
    await hook.result.current.run(input);
  });
  expect(new Set(keys()).size).toBe(3);
});

it('keeps the key after a masked fault, because nobody knows what was done', async () => {
  const { hook, keys } = command(() => ({ errors: [{ message: '内部错误', extensions: { reference: 'ref-1' } }] }));
  await act(async () => {
    expect(await hook.result.current.run(input)).toEqual({ kind: 'fault', fault: { message: '内部错误', reference: 'ref-1' } });
    await hook.result.current.run(input);
  });
  expect(keys()).toHaveLength(2);
  expect(new Set(keys()).size).toBe(1);
});

it('waits for the sign-in when the session has ended, and goes on with the same key', async () => {
  session.signedIn(viewer([]));
  let signedIn = false;
  const { hook, keys } = command(() => (signedIn ? cleared : { errors: [{ message: '请登录', extensions: { code: 'unauthenticated' } }] }));
  let outcome: Promise<unknown> = Promise.resolve();
  act(() => {
    outcome = hook.result.current.run(input);
  });
  await waitFor(() => expect(hook.result.current.phase).toBe('signed_out'));
  act(() => session.expire());
  signedIn = true;
  await act(async () => {
    session.signedIn(viewer([]));
    expect(await outcome).toMatchObject({ kind: 'success' });
  });
  expect(keys()).toHaveLength(2);
  expect(new Set(keys()).size).toBe(1);
});

it('previews with a key of its own and without the lock', async () => {
  const { hook, inputs } = command(() => cleared);
  await act(async () => {
    await Promise.all([hook.result.current.preview(input), hook.result.current.run(input), hook.result.current.preview(input)]);
  });
  expect(inputs().map((one) => one.dryRun ?? false).sort()).toEqual([false, true, true]);
  expect(new Set(inputs().map((one) => one.idempotencyKey)).size).toBe(3);
});
