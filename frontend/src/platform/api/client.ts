import { Client, type CombinedError, cacheExchange, fetchExchange, mapExchange } from '@urql/core';
import { contact } from '~/platform/live/contact';
import { preferences } from '~/platform/preferences/preferences';
import { session } from '~/platform/session/sessionStore';

/** After this a request counts as unanswered. A mutation is then asked for again by its key, see useCommand. */
const TIMEOUT_MS = 20_000;

export function isUnauthenticated(error: CombinedError): boolean {
  return (
    error.response?.status === 401 ||
    error.graphQLErrors.some((one) => one.extensions?.code === 'unauthenticated')
  );
}

async function fetchWithTimeout(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const either = new AbortController();
  const timer = setTimeout(() => either.abort(new DOMException('no answer', 'TimeoutError')), TIMEOUT_MS);
  init?.signal?.addEventListener('abort', () => either.abort(), { once: true });
  try {
    const response = await fetch(input, { ...init, signal: either.signal });
    contact.answered();
    return response;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The document cache, not the normalising one: figures about money are always asked for again
 * when a page opens or an event says so, and no amount is ever computed from cached parts.
 */
export const apiClient = new Client({
  url: '/graphql',
  preferGetMethod: false,
  requestPolicy: 'cache-and-network',
  fetch: fetchWithTimeout,
  fetchOptions: () => ({
    credentials: 'same-origin',
    headers: { 'accept-language': preferences().language },
  }),
  exchanges: [
    mapExchange({
      onError(error) {
        if (isUnauthenticated(error)) session.expire();
      },
    }),
    cacheExchange,
    fetchExchange,
  ],
});
