import { renderHook, waitFor } from '@testing-library/react';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ReceiptArrivedDocument } from '~/generated/graphql';
import { contact } from '~/platform/live/contact';
import { liveSocket } from '~/platform/live/liveSocket';
import { useLive } from '~/platform/live/useLive';

const schema = buildSchema(`
  type Query { ok: Boolean }
  type Case { id: ID! }
  type Allocation { id: ID! case: Case! }
  type Receipt { id: ID! number: String! amount: String! status: String! payerName: String! allocations: [Allocation!]! }
  type ReceiptEvent { cursor: String! kind: String! at: String! receipt: Receipt! }
  type Subscription { receiptArrived(after: String, courtId: ID): ReceiptEvent! }
`);

const event = (cursor: number) => ({
  receiptArrived: {
    cursor: String(cursor),
    kind: 'receipt.arrived',
    at: '',
    receipt: { id: `r${cursor}`, number: '', amount: '1.00', status: 'UNIDENTIFIED', payerName: '', allocations: [] },
  },
});

let server: WebSocketServer;
/** The `after` of each subscription the server has seen, oldest first. */
let askedAfter: (string | null)[];
/** The log that events come from; a subscription gets all after its cursor. */
let log: number[];
let wake: (() => void)[];
/** Ends every running subscription from the server's side, as a restart does. */
let interrupted: boolean;

function append(cursor: number): void {
  log.push(cursor);
  for (const one of wake.splice(0)) one();
}

beforeEach(async () => {
  askedAfter = [];
  log = [];
  wake = [];
  interrupted = false;
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/graphql' });
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  useServer(
    {
      schema,
      roots: {
        subscription: {
          receiptArrived: async function* events({ after }: { after: string | null }) {
            askedAfter.push(after);
            let at = after === null ? log.length : log.indexOf(Number(after)) + 1;
            for (;;) {
              if (interrupted) throw new Error('subscription_interrupted');
              const next = log[at];
              if (next === undefined) {
                await new Promise<void>((resolve) => {
                  wake.push(resolve);
                });
              } else {
                at += 1;
                yield event(next);
              }
            }
          },
        },
      },
    },
    server,
  );
  vi.stubGlobal('WebSocket', WebSocket);
  vi.stubGlobal('location', new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
});

afterEach(() => {
  liveSocket.stop();
  for (const socket of server.clients) socket.terminate();
  server.close();
  vi.unstubAllGlobals();
});

it('asks for what it missed after a lost connection, and gets each event once', async () => {
  liveSocket.start();
  const seen: string[] = [];
  const onResume = vi.fn();
  renderHook(() => useLive(ReceiptArrivedDocument, {}, (data) => data.receiptArrived, { onEvent: ({ cursor }) => seen.push(cursor), onResume }));
  await waitFor(() => expect(askedAfter).toEqual([null]));
  append(1);
  await waitFor(() => expect(seen).toEqual(['1']));
  expect(contact.get().socket).toBe('open');

  for (const socket of server.clients) socket.terminate();
  await waitFor(() => expect(contact.get().socket).toBe('lost'));
  append(2);
  append(3);

  await waitFor(() => expect(seen).toEqual(['1', '2', '3']), { timeout: 8000 });
  expect(askedAfter).toEqual([null, '1']);
  // Once when the socket first opened, once when it came back.
  expect(onResume).toHaveBeenCalledTimes(2);
  expect(contact.get().socket).toBe('open');
});

it('subscribes again from its cursor when the server ends the subscription', async () => {
  liveSocket.start();
  const seen: string[] = [];
  renderHook(() => useLive(ReceiptArrivedDocument, {}, (data) => data.receiptArrived, { onEvent: ({ cursor }) => seen.push(cursor) }));
  await waitFor(() => expect(askedAfter).toEqual([null]));
  append(1);
  await waitFor(() => expect(seen).toEqual(['1']));
  interrupted = true;
  append(2);
  await new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
  interrupted = false;
  await waitFor(() => expect(seen).toEqual(['1', '2']), { timeout: 8000 });
  expect(askedAfter).toEqual([null, '1']);
});

it('follows to a new socket after a sign-in', async () => {
  liveSocket.start();
  const seen: string[] = [];
  renderHook(() => useLive(ReceiptArrivedDocument, {}, (data) => data.receiptArrived, { onEvent: ({ cursor }) => seen.push(cursor) }));
  await waitFor(() => expect(askedAfter).toEqual([null]));
  liveSocket.restart();
  await waitFor(() => expect(askedAfter).toEqual([null, null]));
  append(7);
  await waitFor(() => expect(seen).toEqual(['7']));
});
