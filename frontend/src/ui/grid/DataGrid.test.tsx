import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { IntlProvider } from 'use-intl';
import { expect, it, vi } from 'vitest';
import { messages } from '~/platform/i18n/messages.zh-CN';
import { DataGrid } from '~/ui/grid/DataGrid';

type Row = { id: string; name: string };
const rows: Row[] = ['甲', '乙', '丙'].map((name) => ({ id: name, name }));

function shown(onOpen: (row: Row) => void) {
  render(
    <IntlProvider locale="zh-CN" messages={messages}>
      <DataGrid
        caption="名单"
        columns={[{ key: 'name', title: '姓名', heading: true, cell: (row: Row) => row.name }]}
        rows={rows}
        rowKey={(row) => row.id}
        empty="没有"
        onOpen={onOpen}
      />
    </IntlProvider>,
  );
  return within(screen.getByRole('table', { name: '名单' })).getAllByRole('row').slice(1);
}

it('is a table with row headers and one row in the tab order', () => {
  const bodyRows = shown(vi.fn());
  expect(screen.getAllByRole('rowheader')).toHaveLength(3);
  expect(bodyRows.map((row) => row.tabIndex)).toEqual([0, -1, -1]);
});

it('moves by arrows and letters, jumps to the ends, opens by Enter', async () => {
  const onOpen = vi.fn();
  const [first, second, third] = shown(onOpen);
  await userEvent.tab();
  expect(document.activeElement).toBe(first);
  await userEvent.keyboard('{ArrowDown}');
  expect(document.activeElement).toBe(second);
  await userEvent.keyboard('{End}j');
  expect(document.activeElement).toBe(third);
  await userEvent.keyboard('k{Enter}');
  expect(onOpen).toHaveBeenCalledExactlyOnceWith(rows[1]);
});
