import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

export type UrlState = {
  get: (name: string) => string;
  /** Changes filters; any change leads back to the first page. */
  set: (change: Record<string, string>) => void;
  /** Notes what is open without leaving the page of the list. */
  point: (name: string, value: string) => void;
  /** Cursor of the page shown, null for the first one. */
  after: string | null;
  page: number;
  next: (cursor: string) => void;
  previous: () => void;
};

/**
 * A list's filters and its place in the pages live in the address. `after` is repeated, one for each
 * page turned, so that going back needs no memory.
 */
export function useUrlState(): UrlState {
  const [params, setParams] = useSearchParams();
  const trail = params.getAll('after');
  const set = useCallback(
    (change: Record<string, string>) => {
      setParams((old) => {
        const next = new URLSearchParams(old);
        next.delete('after');
        for (const [name, value] of Object.entries(change)) {
          if (value === '') next.delete(name);
          else next.set(name, value);
        }
        return next;
      });
    },
    [setParams],
  );
  const point = (name: string, value: string) => {
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  const turn = (cursors: readonly string[]) => {
    setParams((old) => {
      const next = new URLSearchParams(old);
      next.delete('after');
      for (const cursor of cursors) next.append('after', cursor);
      return next;
    });
  };
  return {
    get: (name) => params.get(name) ?? '',
    set,
    point,
    after: trail.at(-1) ?? null,
    page: trail.length + 1,
    next: (cursor) => turn([...trail, cursor]),
    previous: () => turn(trail.slice(0, -1)),
  };
}
