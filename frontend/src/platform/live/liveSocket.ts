import { type Client, CloseCode, createClient } from 'graphql-ws';
import { contact } from '~/platform/live/contact';
import { session } from '~/platform/session/sessionStore';

const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;
const RESTART_AFTER_MS = 5_000;

function socketUrl(): string {
  return `${window.location.origin.replace(/^http/, 'ws')}/graphql`;
}

/** One socket for this tab. It is closed by itself when a pong is missed: after sleep a dead socket looks open. */
function openSocket(): Client {
  let waitingForPong: ReturnType<typeof setTimeout> | undefined;
  const self: Client = createClient({
    url: socketUrl,
    lazy: false,
    keepAlive: PING_EVERY_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => {
        setTimeout(resolve, Math.min(1000 * 2 ** Math.min(retries, 4), 10_000));
      }),
    // Only codes that forbid a retry end here (a server fault, a refused session).
    onNonLazyError: () => {
      if (client !== self) return;
      contact.lost();
      if (session.get().state === 'in') setTimeout(() => client === self && liveSocket.restart(), RESTART_AFTER_MS);
    },
    on: {
      connecting: () => contact.connecting(),
      connected: () => contact.opened(),
      ping: (received) => {
        if (received) return;
        // Not a polite close: that would wait for the very answer that is missing.
        waitingForPong = setTimeout(() => self.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (!received) return;
        clearTimeout(waitingForPong);
        contact.answered();
      },
      closed: (event) => {
        clearTimeout(waitingForPong);
        const code = (event as CloseEvent).code;
        if (code === CloseCode.Unauthorized || code === CloseCode.Forbidden) session.expire();
        if (client === self) contact.lost();
      },
    },
  });
  return self;
}

let client: Client | null = null;

export const liveSocket = {
  get: (): Client | null => client,
  start(): void {
    if (client) return;
    client = openSocket();
    contact.socketMade();
  },
  /** A new session needs a new socket: the old one speaks for the old cookie. */
  restart(): void {
    this.stop();
    this.start();
  },
  stop(): void {
    const old = client;
    client = null;
    contact.closed();
    void old?.dispose();
  },
};
