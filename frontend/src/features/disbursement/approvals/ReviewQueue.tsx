import { type KeyboardEvent, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { latestRound } from '~/features/disbursement/requests/checkRules';
import type { DisbursementRow } from '~/features/disbursement/requests/disbursementColumns';
import { isComposing } from '~/platform/keys/onKey';
import { Amount } from '~/ui/money/Amount';
import { EmptyState } from '~/ui/states/EmptyState';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

type Props = { name: string; rows: readonly DisbursementRow[]; open: string | null; empty: string; onOpen: (id: string) => void };

/** The queue as a list of buttons; J and K or the arrows move and open. */
export function ReviewQueue({ name, rows, open, empty, onOpen }: Props) {
  const list = useRef<HTMLUListElement>(null);
  if (rows.length === 0) return <EmptyState text={empty} />;
  const at = rows.findIndex((row) => row.id === open);
  const move = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent) || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    if (!next) return;
    onOpen(next.id);
    list.current?.querySelector<HTMLButtonElement>(`[data-id="${CSS.escape(next.id)}"]`)?.focus();
  };
  return (
    <ul className="ak-queue" ref={list} aria-label={name} onKeyDown={move}>
      {rows.map((row, index) => (
        <li key={row.id}>
          <button
            type="button"
            data-id={row.id}
            tabIndex={row.id === open || (at < 0 && index === 0) ? 0 : -1}
            aria-current={row.id === open ? 'true' : undefined}
            onClick={() => onOpen(row.id)}
          >
            <QueueCard row={row} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function QueueCard({ row }: { row: DisbursementRow }) {
  const t = useTranslations('disbursement');
  const hints = latestRound(row.checks).filter((check) => check.outcome !== 'PASS').length;
  return (
    <>
      <span className="ak-queue-top">
        <Amount yuan={row.total} sign />
        <StatusMark tone={toneOf(row.status)}>{row.statusTitle}</StatusMark>
      </span>
      <span>{row.case.number}</span>
      <span className="ak-muted">
        {row.number} · {row.requestedBy.name}
        {hints > 0 ? ` · ▲ ${t('desk.hints', { count: hints })}` : ''}
      </span>
    </>
  );
}
