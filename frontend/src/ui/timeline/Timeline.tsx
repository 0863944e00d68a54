import type { ReactNode } from 'react';

export type TimelineItem = { key: string; title: string; who: string; when: string; detail?: ReactNode };

/** Newest first: what, who, when. */
export function Timeline({ items, label }: { items: readonly TimelineItem[]; label: string }) {
  return (
    <ol className="ak-timeline" aria-label={label}>
      {items.map((item) => (
        <li key={item.key}>
          <strong>{item.title}</strong> <span>{item.who}</span> <time>{item.when}</time>
          {item.detail ? <div className="ak-muted">{item.detail}</div> : null}
        </li>
      ))}
    </ol>
  );
}
