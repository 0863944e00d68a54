import { type ReactNode, useId } from 'react';

type Props = { title: string; count?: number; actions?: ReactNode; children: ReactNode };

/** A named part of a page; screen readers and tests find it as a region. */
export function Section({ title, count, actions, children }: Props) {
  const id = useId();
  return (
    <section className="ak-section" aria-labelledby={id}>
      <div className="ak-section-head">
        <h2 id={id}>{title}</h2>
        {count === undefined ? null : <span className="ak-count">{count}</span>}
        {actions ? <div className="ak-actions">{actions}</div> : null}
      </div>
      {children}
    </section>
  );
}
