import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { stringifyDocument } from '@urql/core';
import { useEffect, useRef } from 'react';
import { useContact } from '~/platform/live/contact';
import { liveSocket } from '~/platform/live/liveSocket';

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
      const asked = {
        ...(JSON.parse(fixed) as object),
        get after() {
          return cursor;
        },
      };
      const stopListening = socket.on('connected', (_socket, _payload, wasRetry) => {
        if (wasRetry) latest.current.handlers.onResume?.();
      });
      const unsubscribe = socket.subscribe<TData>(
        { query: stringifyDocument(document), variables: asked },
        {
          next: ({ data }) => {
            if (!data) return;
            const event = latest.current.pick(data);
            cursor = event.cursor;
            latest.current.handlers.onEvent(event);
          },
          error: () => latest.current.handlers.onResume?.(),
          complete: () => undefined,
        },
      );
      return () => {
        stopListening();
        unsubscribe();
      };
    },
    [document, fixed, generation],
  );
}
