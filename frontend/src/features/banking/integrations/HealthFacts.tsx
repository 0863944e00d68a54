import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { CertificateDays } from '~/features/banking/integrations/CertificateDays';
import { CertifiedMark } from '~/features/banking/integrations/CertifiedMark';
import { ConditionMark } from '~/features/banking/integrations/ConditionMark';
import { queueLength } from '~/features/banking/integrations/integrationRules';
import type { IntegrationFactsFragment } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { paths } from '~/platform/paths';
import { Facts } from '~/ui/page/Facts';
import { Section } from '~/ui/page/Section';

const at = (instant: string | null | undefined) => (instant ? formatInstant(instant, 'second') : null);

/** Whether money can move now, and if not, since when and why. */
export function HealthFacts({ found }: { found: IntegrationFactsFragment }) {
  const t = useTranslations('integration');
  const { queue } = found;
  const waiting = (['ready', 'sending', 'accepted', 'unknown', 'awaitingBank'] as const)
    .filter((state) => queue[state] > 0)
    .map((state) => t(`queueState.${state}`, { count: queue[state] }));
  return (
    <Section title={t('health')}>
      <Facts
        facts={[
          { term: t('column.condition'), value: <ConditionMark integration={found} /> },
          { term: t('fact.since'), value: at(found.circuit.since) },
          { term: t('column.lastOk'), value: at(found.lastOkAt) },
          { term: t('fact.lastError'), value: found.circuit.lastError },
          { term: t('column.latency'), value: found.latencyP50Ms === null ? null : t('latency', { p50: found.latencyP50Ms, p99: found.latencyP99Ms ?? 0 }) },
          { term: t('column.calls'), value: t('callCounts', { calls: found.callsLastHour, failures: found.failuresLastHour }) },
          { term: t('fact.polled'), value: found.pollFailures > 0 ? t('pollFailures', { times: found.pollFailures }) : at(found.polledAt) },
          { term: t('column.queue'), value: queueLength(queue) === 0 ? t('queue.none') : waiting.join(' · ') },
          { term: t('column.certificate'), value: <CertificateDays days={found.certificateDaysLeft} /> },
          { term: t('fact.key'), value: found.certificateSubject },
          { term: t('fact.plugin'), value: <Link to={paths.plugin(found.fundAccount.bankId)}>{`${found.fundAccount.bankName} ${found.pluginVersion ?? ''}`}</Link> },
          { term: t('column.verdict'), value: <CertifiedMark summary={found.certificate} /> },
        ]}
      />
    </Section>
  );
}
