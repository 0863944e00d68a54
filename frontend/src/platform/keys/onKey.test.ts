import { afterEach, expect, it, vi } from 'vitest';
import { isComposing, watchComposition } from '~/platform/keys/onKey';

afterEach(() => {
  vi.useRealTimers();
});

it('takes a key inside a composition for writing, not for a command', () => {
  expect(isComposing({ isComposing: true, keyCode: 13 })).toBe(true);
  expect(isComposing({ isComposing: false, keyCode: 229 })).toBe(true);
  expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
});

it('waits one tick after the composition ended, because the Enter that ended it may come later', () => {
  vi.useFakeTimers();
  const stop = watchComposition(window);
  window.dispatchEvent(new Event('compositionend'));
  expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(true);
  vi.runAllTimers();
  expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
  stop();
});
