import { type AnyVariables, CombinedError, type OperationResult } from '@urql/core';

/** A typed error of the API: a stable code, words for the person, and the input it belongs to. */
export type Refusal = {
  __typename: 'InvalidInput' | 'NotFound' | 'NotAllowed' | 'Conflict' | 'Refused';
  code: string;
  message: string;
  field: string | null;
};

/** An unexpected fault that the server masked; the reference finds it in the log. */
export type Fault = { message: string; reference: string | null };

export type Outcome<TSuccess> =
  | { kind: 'success'; value: TSuccess }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'fault'; fault: Fault }
  /** Nobody can say yet whether it happened. Ask again with the same key. */
  | { kind: 'unknown' }
  | { kind: 'signed_out' };

export type Union = { __typename: string };
export type SuccessOf<TData> = Exclude<Exclude<TData[keyof TData], string>, { code: string; message: string }>;

const REFUSALS = new Set(['InvalidInput', 'NotFound', 'NotAllowed', 'Conflict', 'Refused']);

export function faultOf(error: CombinedError): Fault {
  const first = error.graphQLErrors[0];
  const reference = first?.extensions?.reference;
  return { message: first?.message ?? error.message, reference: typeof reference === 'string' ? reference : null };
}

/** Maps a mutation's answer: the root holds one field, a union of one success and the refusals. */
export function outcomeOf<TData extends object, TVariables extends AnyVariables>(
  result: OperationResult<TData, TVariables>,
): Outcome<SuccessOf<TData>> {
  const { error, data } = result;
  const status = (error?.response as Response | undefined)?.status;
  if (error) {
    if (status === 401 || error.graphQLErrors.some((one) => one.extensions?.code === 'unauthenticated')) {
      return { kind: 'signed_out' };
    }
    if (error.networkError && (status === undefined || status >= 500 || status === 408)) return { kind: 'unknown' };
    return { kind: 'fault', fault: faultOf(error) };
  }
  const union = Object.values(data ?? {}).find((value): value is Union => typeof value === 'object' && value !== null);
  if (!union) return { kind: 'unknown' };
  if (REFUSALS.has(union.__typename)) return { kind: 'refused', refusal: union as Refusal };
  return { kind: 'success', value: union as SuccessOf<TData> };
}
