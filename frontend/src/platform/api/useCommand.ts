import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { type Outcome, outcomeOf, type SuccessOf } from '~/platform/api/outcome';
import { session } from '~/platform/session/sessionStore';

/** sending: first try under way; confirming: asked again because nobody answered; signed_out: waits for a sign-in. */
export type CommandPhase = 'idle' | 'sending' | 'confirming' | 'signed_out';

type Input = { idempotencyKey: string; dryRun?: boolean };
type Given<TVariables> = TVariables extends { input: infer TInput } ? Omit<TInput, 'idempotencyKey'> : never;

export type Command<TData, TVariables> = {
  phase: CommandPhase;
  busy: boolean;
  /** Returns null when the previous press is still under way. */
  run: (input: Given<TVariables>) => Promise<Outcome<SuccessOf<TData>> | null>;
  /** What the server would say now. Changes nothing and needs no lock. */
  preview: (input: Given<TVariables>) => Promise<Outcome<SuccessOf<TData>>>;
};

const PAUSES_MS = [1000, 2000, 4000, 8000];

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * One mutation, at most once. The key is made when the form opens; a second press is refused by a
 * lock that does not wait for a render; when no answer comes, the same input is asked again with the
 * same key until one does; a lapsed session waits for the sign-in and goes on with the same key.
 * A definite answer retires the key.
 */
export function useCommand<TData extends object, TVariables extends { input: Input }>(
  document: TypedDocumentNode<TData, TVariables>,
  pausesMs: readonly number[] = PAUSES_MS,
): Command<TData, TVariables> {
  const client = useClient();
  const key = useRef(newKey());
  const locked = useRef(false);
  const alive = useRef(true);
  const [phase, setPhase] = useState<CommandPhase>('idle');

  useEffect(function noteLeaving() {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const ask = useCallback(
    async (input: object, idempotencyKey: string) => {
      const variables = { input: { ...input, idempotencyKey } } as unknown as TVariables;
      return outcomeOf(await client.mutation(document, variables).toPromise());
    },
    [client, document],
  );

  const run = useCallback(
    async (input: Given<TVariables>) => {
      if (locked.current) return null;
      locked.current = true;
      setPhase('sending');
      try {
        for (let attempt = 0; ; attempt += 1) {
          const outcome = await ask(input, key.current);
          if (outcome.kind === 'success' || outcome.kind === 'refused') {
            key.current = newKey();
            return outcome;
          }
          // A masked fault leaves it open whether the work was done: the key stays, so a second press cannot do it twice.
          if (outcome.kind === 'fault') return outcome;
          if (outcome.kind === 'signed_out') {
            setPhase('signed_out');
            await session.signedInAgain();
          } else {
            if (!alive.current) return outcome;
            await pause(pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0);
          }
          setPhase('confirming');
        }
      } finally {
        locked.current = false;
        setPhase('idle');
      }
    },
    [ask, pausesMs],
  );

  const preview = useCallback((input: Given<TVariables>) => ask({ ...input, dryRun: true }, newKey()), [ask]);

  return { phase, busy: phase !== 'idle', run, preview };
}
