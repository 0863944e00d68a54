import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { stringifyDocument } from '@urql/core';
import { useEffect, useRef } from 'react';
import { useContact } from '~/platform/live/contact';
import { liveSocket } from '~/platform/live/liveSocket';
import { session } from '~/platform/session/sessionStore';

const RETRY_MS = 2_000;

type LiveEvent = { cursor: string };
type Handlers<TEvent> = {
  onEvent: (event: TEvent) => void;
  /** The socket came (back): anything may have happened meanwhile that no cursor covers. */
  onResume?: () => void;
};

/**
 * One subscription that survives lost connections: it remembers the last cursor, and the socket's
 * re-subscription asks for everything after it (the variables are read anew at each attempt).
 */
export function useLive<TData extends object, TVariables extends object, TEvent extends LiveEvent>(
  document: TypedDocumentNode<TData, TVariables>,
  variables: Omit<TVariables, 'after'>,
  pick: (data: TData) => TEvent,
  handlers: Handlers<TEvent>,
): void {
  const latest = useRef({ pick, handlers });
  const { generation } = useContact();
  const fixed = JSON.stringify(variables);

  useEffect(function keepHandlersFresh() {
    latest.current = { pick, handlers };
  });

  useEffect(
    function subscribeWithCursor() {
      const socket = liveSocket.get();
      if (!socket) return undefined;
      let cursor: string | null = null;
      let stopped = false;
      let waiting: ReturnType<typeof setTimeout> | undefined;
      let unsubscribe: () => void = () => undefined;
      const asked = {
        ...(JSON.parse(fixed) as object),
        get after() {
          return cursor;
        },
      };
      // Also at the first connection: the page was read while the socket was still being opened.
      const stopListening = socket.on('connected', () => latest.current.handlers.onResume?.());
      const onEnd = () => {
        // The server ended it (it restarts, or we were too slow): go on from the last cursor.
        if (stopped) return;
        if (cursor === null) latest.current.handlers.onResume?.();
        waiting = setTimeout(follow, RETRY_MS);
      };
      const follow = () => {
        unsubscribe = socket.subscribe<TData>(
          { query: stringifyDocument(document), variables: asked },
          {
            next: ({ data, errors }) => {
              if (errors?.some((one) => one.extensions?.code === 'unauthenticated')) session.expire();
              if (!data) return;
              const event = latest.current.pick(data);
              cursor = event.cursor;
              latest.current.handlers.onEvent(event);
            },
            error: onEnd,
            complete: onEnd,
          },
        );
      };
      follow();
      return () => {
        stopped = true;
        clearTimeout(waiting);
        stopListening();
        unsubscribe();
      };
    },
    [document, fixed, generation],
  );
}
