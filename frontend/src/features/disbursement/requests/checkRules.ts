type Stamped = { stage: string; at: string };

/** The checks of the latest round: a request is checked when submitted and again before it is paid. */
export function latestRound<TCheck extends Stamped>(checks: readonly TCheck[]): TCheck[] {
  const latest = checks.reduce<TCheck | null>((last, one) => (last === null || one.at > last.at ? one : last), null);
  return checks.filter((one) => one.stage === latest?.stage);
}

/** All that came before it. */
export function earlierRounds<TCheck extends Stamped>(checks: readonly TCheck[]): TCheck[] {
  const latest = new Set(latestRound(checks));
  return checks.filter((one) => !latest.has(one));
}
