const DAY_MS = 86_400_000;
const MOST_DAYS = 366;

/** What is wrong with a period, both days included; null: nothing. The server decides again. */
export function periodProblem(first: string, last: string): 'order' | 'long' | null {
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days < 1) return 'order';
  return days > MOST_DAYS ? 'long' : null;
}
