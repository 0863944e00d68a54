import { type ReactNode, useEffect, useId, useRef } from 'react';

/**
 * Covers the page until what it asks for is done; Escape does not close it. The browser's own dialog:
 * it holds the focus, and unlike the kit's it injects no style that the page's security policy forbids.
 */
export function Overlay({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(function cover() {
    const shown = dialog.current;
    if (!shown) return;
    const stay = (event: Event) => event.preventDefault();
    shown.addEventListener('cancel', stay);
    if (!shown.open) shown.showModal();
    // The name is known already; what is missing is the password.
    shown.querySelector<HTMLInputElement>('input[type=password]')?.focus();
    return () => {
      shown.removeEventListener('cancel', stay);
      shown.close();
    };
  }, []);
  return (
    <dialog ref={dialog} className="ak-overlay" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
