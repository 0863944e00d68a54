import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { stringifyVariables } from '@urql/core';
import { useCallback, useEffect, useRef } from 'react';
import { type AnyVariables, useQuery } from 'urql';
import { isUnauthenticated } from '~/platform/api/client';
import { type Fault, faultOf } from '~/platform/api/outcome';
import { useSessionEpoch } from '~/platform/session/sessionStore';

export type PageQuery<TData> = {
  data: TData | undefined;
  loading: boolean;
  fault: Fault | null;
  refetch: () => void;
};

/**
 * A page's one query: asked again after a new sign-in, keeps showing the old data while it asks.
 * `exact` is for pages about one object: another object's data are never shown in its place.
 */
export function usePageQuery<TData, TVariables extends AnyVariables>(
  query: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
  options: { skip?: boolean; exact?: boolean } = {},
): PageQuery<TData> {
  const skip = options.skip === true;
  const [result, execute] = useQuery<TData, TVariables>({ query, variables, pause: skip });
  const epoch = useSessionEpoch();
  const askedIn = useRef(epoch);
  const refetch = useCallback(() => {
    if (!skip) execute({ requestPolicy: 'network-only' });
  }, [execute, skip]);

  useEffect(
    function askAgainAfterSignIn() {
      if (askedIn.current === epoch) return;
      askedIn.current = epoch;
      refetch();
    },
    [epoch, refetch],
  );

  const failed = result.error && !isUnauthenticated(result.error) ? faultOf(result.error) : null;
  const another = options.exact === true && stringifyVariables(result.operation?.variables ?? {}) !== stringifyVariables(variables ?? {});
  return { data: another ? undefined : result.data, loading: result.fetching || result.stale, fault: failed, refetch };
}
