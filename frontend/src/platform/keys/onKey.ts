import type { KeyboardEvent } from 'react';

/**
 * True while a Chinese input method has the keyboard. Some browsers report the end of the
 * composition before the Enter that caused it, hence the tick of grace.
 */
let composingUntilNextTick = false;

function onEnd(): void {
  composingUntilNextTick = true;
  setTimeout(() => {
    composingUntilNextTick = false;
  }, 0);
}

export function watchComposition(target: EventTarget): () => void {
  target.addEventListener('compositionend', onEnd, true);
  return () => target.removeEventListener('compositionend', onEnd, true);
}

type NativeKey = Pick<globalThis.KeyboardEvent, 'isComposing' | 'keyCode'>;

export function isComposing(event: NativeKey): boolean {
  return event.isComposing || event.keyCode === 229 || composingUntilNextTick;
}

/** A key handler by name of key ("Enter", "ctrl+Enter", "a"); silent while composing. */
export function onKey(bindings: Record<string, () => void>) {
  return (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent) || event.metaKey || event.altKey) return;
    const name = `${event.ctrlKey ? 'ctrl+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
    const act = bindings[name];
    if (!act) return;
    event.preventDefault();
    act();
  };
}

/** Single letters must not fire while somebody is writing in a field. */
export function isWritingIn(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}
