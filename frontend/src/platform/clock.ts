/** The only door to the machine's clock. Amount of elapsed time only; business dates come from the server. */
export function nowMs(): number {
  return Date.now();
}

const SHANGHAI = 'Asia/Shanghai';

/** An instant from the API in the courts' time, 24 hours: "2026-11-21 14:03:11". */
export function formatInstant(instant: string, precision: 'second' | 'minute' = 'minute'): string {
  const parts = new Intl.DateTimeFormat('zh-CN', {
    timeZone: SHANGHAI,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const time = `${part('hour')}:${part('minute')}`;
  return `${part('year')}-${part('month')}-${part('day')} ${precision === 'second' ? `${time}:${part('second')}` : time}`;
}

/** Today in the courts' time as an ISO date, for the upper bound of date fields. */
export function todayInShanghai(): string {
  return formatInstant(new Date(nowMs()).toISOString()).slice(0, 10);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** "00:42" for 42 seconds, "1:02:00" for 62 minutes. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.trunc(ms / 1000));
  const hours = Math.trunc(seconds / 3600);
  const rest = `${two(Math.trunc(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
