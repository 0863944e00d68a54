import { nowMs } from '~/platform/clock';

const KEY = 'ankuan.reloaded-at';
const COOL_DOWN_MS = 10_000;

/** After an update an old page may ask for a chunk that is gone: one reload, not a loop of them. */
export function reloadOnceForNewVersion(): void {
  const last = Number(sessionStorage.getItem(KEY) ?? '0');
  if (nowMs() - last < COOL_DOWN_MS) return;
  sessionStorage.setItem(KEY, String(nowMs()));
  window.location.reload();
}
