import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { CaseListPage } from '~/features/registry/cases/CaseListPage';
import { fakeApi } from '../../../../tests/fixtures/fakeApi';
import { renderAt } from '../../../../tests/fixtures/render';

function open(at: string, permissions: readonly string[] = ['case.read']) {
  const api = fakeApi({
    CaseList: () => ({
      data: {
        cases: {
          __typename: 'CaseConnection',
          totalCount: 51,
          pageInfo: { __typename: 'PageInfo', hasNextPage: true, endCursor: 'cursor-50' },
          edges: [
            {
              __typename: 'CaseEdge',
              node: {
                __typename: 'Case',
                id: 'Q2FzZTox==',
                number: '（2023）鲁0102执123号',
                typeName: null,
                cause: null,
                subjectAmount: '1234567.80',
                status: 'OPEN',
                registeredOn: '2026-11-01',
                court: { __typename: 'Court', id: 'c1', code: '鲁0102', name: '示例区人民法院' },
                handler: null,
              },
            },
          ],
        },
      },
    }),
  });
  renderAt(<CaseListPage />, { client: api.client, at, path: '/cases', permissions });
  return { last: () => api.of('CaseList').at(-1), address: () => screen.getByTestId('address').textContent };
}

it('reads its filters from the address', async () => {
  const { last } = open('/cases?status=CLOSED&search=abc&mine=yes&after=one&after=two');
  expect(await screen.findByText('1,234,567.80')).toBeDefined();
  expect(last()).toEqual({ filter: { search: 'abc', status: 'CLOSED', mine: true, courtId: null }, first: 50, after: 'two' });
  expect(screen.getByText('第 3 页')).toBeDefined();
});

it('writes a search to the address and goes back to the first page', async () => {
  const { last, address } = open('/cases?after=one');
  await userEvent.type(await screen.findByRole('textbox', { name: '搜索案件' }), '执123{Enter}');
  await waitFor(() => expect(last()).toMatchObject({ filter: { search: '执123' }, after: null }));
  expect(address()).toBe(`/cases?search=${encodeURIComponent('执123')}`);
});

it('turns pages by cursor, forth and back', async () => {
  const { last, address } = open('/cases');
  await userEvent.click(await screen.findByRole('button', { name: '下一页' }));
  await waitFor(() => expect(last()).toMatchObject({ after: 'cursor-50' }));
  expect(address()).toBe('/cases?after=cursor-50');
  await userEvent.click(screen.getByRole('button', { name: '上一页' }));
  expect(address()).toBe('/cases');
});

it('links to a case by an address that survives any id, and offers registering only to those who may', async () => {
  open('/cases');
  const link = await screen.findByRole('link', { name: '（2023）鲁0102执123号' });
  expect(link.getAttribute('href')).toBe('/cases/Q2FzZTox%3D%3D');
  expect(screen.queryByRole('link', { name: '登记案件' })).toBeNull();
});
