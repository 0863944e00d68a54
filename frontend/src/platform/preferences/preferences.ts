import { useSyncExternalStore } from 'react';

/** What a person chose for this workplace: language and text size. Nothing about cases or money is kept here. */
export type Language = 'zh-CN' | 'en';
export type TextSize = 'normal' | 'large' | 'larger';
export type Preferences = { language: Language; textSize: TextSize };

const KEY = 'ankuan.preferences';
const LANGUAGES: readonly Language[] = ['zh-CN', 'en'];
const SIZES: readonly TextSize[] = ['normal', 'large', 'larger'];
const listeners = new Set<() => void>();

function read(): Preferences {
  let stored: Partial<Preferences> = {};
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
  } catch {
    stored = {};
  }
  return {
    language: LANGUAGES.find((one) => one === stored.language) ?? 'zh-CN',
    textSize: SIZES.find((one) => one === stored.textSize) ?? 'normal',
  };
}

let current = read();

export function preferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // A browser that forbids storage still shows the choice until the page is left.
  }
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    preferences,
  );
}
