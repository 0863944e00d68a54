import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { isComposing, isWritingIn } from '~/platform/keys/onKey';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

export type Column<Row> = {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  numeric?: boolean;
  /** The cell that names the row. */
  heading?: boolean;
  /** Left out on narrow screens and in large text. */
  minor?: boolean;
};

type Props<Row> = {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  empty: ReactNode;
  fault?: { message: string; reference: string | null } | null;
  onRetry?: () => void;
  /** Enter on a row. */
  onOpen?: (row: Row) => void;
  selectedKey?: string;
};

/**
 * A real table: one row is in the tab order, arrows (or J and K) move, Home and End jump, Enter opens.
 */
export function DataGrid<Row>(props: Props<Row>) {
  const { caption, columns, rows, rowKey, empty, fault, onRetry, onOpen, selectedKey } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [active, setActive] = useState(0);
  if (fault) return <FaultState fault={fault} onRetry={onRetry} />;
  if (!rows) return <Waiting />;
  if (rows.length === 0) return typeof empty === 'string' ? <EmptyState text={empty} /> : empty;

  const current = Math.min(active, rows.length - 1);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    (body.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent) || isWritingIn(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const onRow = event.target instanceof HTMLTableRowElement;
    const row = rows[current];
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(current + 1),
      j: () => move(current + 1),
      ArrowUp: () => move(current - 1),
      k: () => move(current - 1),
      Home: () => move(0),
      End: () => move(rows.length - 1),
    };
    if (onRow && onOpen && row) keys.Enter = () => onOpen(row);
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <div className="ak-grid-frame">
      <table className="ak-grid">
        <caption className="ak-unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={cellClass(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
          {rows.map((row, index) => (
            <tr
              key={rowKey(row)}
              tabIndex={index === current ? 0 : -1}
              aria-current={selectedKey === rowKey(row) ? 'true' : undefined}
              onFocus={() => setActive(index)}
            >
              {columns.map((column) =>
                column.heading ? (
                  <th key={column.key} scope="row" className={cellClass(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={cellClass(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellClass<Row>(column: Column<Row>): string | undefined {
  return [column.numeric ? 'ak-num' : '', column.minor ? 'ak-minor' : ''].filter(Boolean).join(' ') || undefined;
}
