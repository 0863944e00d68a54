import { useSyncExternalStore } from 'react';
import { nowMs } from '~/platform/clock';

/**
 * What we know about the connection, from the socket's own pings and from answers, not from the
 * browser's opinion (which says "online" on an intranet whose server is down).
 */
export type Contact = {
  socket: 'idle' | 'connecting' | 'open' | 'lost';
  lostAt: number | null;
  lastAnswerAt: number | null;
  /** Counts the sockets made, so that subscriptions follow to a new one. */
  generation: number;
};

let current: Contact = { socket: 'idle', lostAt: null, lastAnswerAt: null, generation: 0 };
const listeners = new Set<() => void>();

function change(next: Partial<Contact>): void {
  current = { ...current, ...next };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const contact = {
  get: (): Contact => current,
  socketMade(): void {
    change({ generation: current.generation + 1 });
  },
  connecting(): void {
    if (current.socket === 'idle') change({ socket: 'connecting' });
  },
  opened(): void {
    change({ socket: 'open', lostAt: null, lastAnswerAt: nowMs() });
  },
  lost(): void {
    if (current.socket !== 'lost') change({ socket: 'lost', lostAt: nowMs() });
  },
  closed(): void {
    change({ socket: 'idle', lostAt: null });
  },
  answered(): void {
    current = { ...current, lastAnswerAt: nowMs() };
  },
};

export function useContact(): Contact {
  return useSyncExternalStore(subscribe, contact.get);
}
