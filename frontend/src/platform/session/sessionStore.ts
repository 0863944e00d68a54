import { useSyncExternalStore } from 'react';
import type { ViewerQuery } from '~/generated/graphql';

export type Viewer = NonNullable<ViewerQuery['viewer']>;

/**
 * loading: not asked yet; out: nobody is signed in; in: somebody is;
 * expired: somebody was, and the page with its unsaved form is still open.
 */
export type Session =
  | { state: 'loading' }
  | { state: 'failed'; message: string }
  | { state: 'out' }
  | { state: 'in'; viewer: Viewer; epoch: number }
  | { state: 'expired'; viewer: Viewer; epoch: number };

let current: Session = { state: 'loading' };
let epoch = 0;
const listeners = new Set<() => void>();

function change(next: Session): void {
  current = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const session = {
  get: (): Session => current,
  signedIn(viewer: Viewer): void {
    epoch += 1;
    change({ state: 'in', viewer, epoch });
  },
  signedOut(): void {
    change({ state: 'out' });
  },
  failed(message: string): void {
    change({ state: 'failed', message });
  },
  loading(): void {
    change({ state: 'loading' });
  },
  /** The server no longer knows us: cover the page, keep what is on it. */
  expire(): void {
    if (current.state === 'in') change({ state: 'expired', viewer: current.viewer, epoch: current.epoch });
  },
  /** Resolves when somebody is signed in again. */
  signedInAgain(): Promise<void> {
    return new Promise((resolve) => {
      const stop = subscribe(() => {
        if (current.state !== 'in') return;
        stop();
        resolve();
      });
    });
  },
  subscribe,
};

export function useSession(): Session {
  return useSyncExternalStore(subscribe, session.get);
}

/** The person at the screen. Only to be called below the signed-in shell. */
export function useViewer(): Viewer {
  const now = useSession();
  if (now.state !== 'in' && now.state !== 'expired') throw new Error('no viewer outside a session');
  return now.viewer;
}

/** Counts sign-ins; a query made before an expiry is asked again when it changes. */
export function useSessionEpoch(): number {
  const now = useSession();
  return now.state === 'in' || now.state === 'expired' ? now.epoch : 0;
}
