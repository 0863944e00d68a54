import type { ReactNode } from 'react';

type Props = { text: string; next?: ReactNode };

/** Says why there is nothing and what to do next. */
export function EmptyState({ text, next }: Props) {
  return (
    <div className="ak-empty">
      <p>{text}</p>
      {next}
    </div>
  );
}
