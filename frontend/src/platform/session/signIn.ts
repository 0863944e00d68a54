import { preferences } from '~/platform/preferences/preferences';

export type SignInAnswer = { ok: true } | { ok: false; code: string; message?: string };

async function post(path: string, body: unknown): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', 'accept-language': preferences().language },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
}

/** Opens a session; the cookie is set by the server and invisible to scripts. */
export async function signIn(login: string, password: string): Promise<SignInAnswer> {
  try {
    const response = await post('/auth/sign-in', { login, password });
    if (response.ok) return { ok: true };
    const answer = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
    return { ok: false, code: answer.code ?? `http_${response.status}`, message: answer.message };
  } catch {
    return { ok: false, code: 'unreachable' };
  }
}

export async function signOut(): Promise<void> {
  await post('/auth/sign-out', {}).catch(() => undefined);
}
