import type { ReactNode } from 'react';

export type Fact = { term: string; value: ReactNode };

/** Terms and their values. What is empty shows "--", so that nobody takes it for not loaded. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="ak-facts">
      {facts.map((fact) => (
        <div key={fact.term}>
          <dt>{fact.term}</dt>
          <dd>{fact.value === null || fact.value === undefined || fact.value === '' ? '--' : fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
