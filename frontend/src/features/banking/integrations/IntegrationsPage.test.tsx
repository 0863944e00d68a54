import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { IntegrationsPage } from '~/features/banking/integrations/IntegrationsPage';
import { fakeApi } from '../../../../tests/fixtures/fakeApi';
import { integration } from '../../../../tests/fixtures/integration';
import { renderAt } from '../../../../tests/fixtures/render';

function open(rows: readonly ReturnType<typeof integration>[]) {
  const api = fakeApi({
    IntegrationList: () => ({
      data: {
        integrations: {
          __typename: 'IntegrationTypeConnection',
          totalCount: rows.length,
          pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
          edges: rows.map((node) => ({ __typename: 'IntegrationTypeEdge', node })),
        },
      },
    }),
  });
  renderAt(<IntegrationsPage />, { client: api.client, at: '/integrations', path: '/integrations', permissions: ['integration.read'] });
}

it('names the time of the next try, the reason of a stop, and the days of the certificate', async () => {
  const { circuit, plugin, queue } = integration();
  open([
    integration({ id: 'i1', condition: 'CIRCUIT_OPEN', certificateDaysLeft: 6, circuit: { ...circuit, state: 'OPEN', retryAt: '2026-11-20T02:32:05Z', lastError: '连接失败' } }),
    integration({ id: 'i2', condition: 'SWITCHED_OFF', plugin: { ...plugin, enabled: false, reason: '银行通知停机' } }),
    integration({ id: 'i3', condition: 'NEVER_REACHED', lastOkAt: null, latencyP50Ms: null, certificateDaysLeft: null }),
    integration({ id: 'i4', queue: { ...queue, unknown: 2, oldestSince: '2026-11-20T02:00:00Z' } }),
  ]);
  expect(await screen.findByText('熔断中，10:32:05 重试')).toBeDefined();
  for (const text of ['连接失败', '6 天', '已停用', '银行通知停机', '从未连通', '正常', '2 笔', '结果待查 2 笔', '最早 11-20 10:00']) {
    expect(screen.getByText(text)).toBeDefined();
  }
});

it('says that there is none', async () => {
  open([]);
  expect(await screen.findByText('没有案款专户')).toBeDefined();
});
