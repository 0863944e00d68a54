import type { Tone } from '~/ui/status/StatusMark';

/** How a state of the API looks. An unknown state is shown plainly, with the server's word. */
const TONES: Record<string, Tone> = {
  OPEN: 'plain', SUSPENDED: 'locked', CLOSED: 'good',
  UNIDENTIFIED: 'warn', PARTLY_ALLOCATED: 'warn', ALLOCATED: 'good',
  DRAFT: 'open', IN_APPROVAL: 'plain', APPROVED: 'plain', AUDITED: 'plain', RELEASED: 'plain',
  SETTLED: 'good', PARTLY_SETTLED: 'warn', FAILED: 'bad', WITHDRAWN: 'open', REJECTED: 'bad',
  READY: 'open', SENDING: 'plain', ACCEPTED: 'plain', AWAITING_BANK: 'warn', REFUSED: 'bad', UNKNOWN: 'warn',
  PASS: 'good', WARN: 'warn', BLOCK: 'bad',
  FREE: 'open', BOUND: 'good', FROZEN: 'locked', COOLING: 'open',
};

export function toneOf(state: string): Tone {
  return TONES[state] ?? 'plain';
}
