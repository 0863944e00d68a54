import { useEffect, useRef } from 'react';

const EVERY_MS = 10_000;

/** Asks again while the page is looked at: for what no event tells, such as how a bank is reached. */
export function useRefresh(refetch: () => void, everyMs: number = EVERY_MS): void {
  const latest = useRef(refetch);
  useEffect(function keepRefetchFresh() {
    latest.current = refetch;
  });
  useEffect(
    function askAgainNowAndThen() {
      const look = () => {
        if (document.visibilityState === 'visible') latest.current();
      };
      const timer = setInterval(look, everyMs);
      document.addEventListener('visibilitychange', look);
      return () => {
        clearInterval(timer);
        document.removeEventListener('visibilitychange', look);
      };
    },
    [everyMs],
  );
}
