import { useTranslations } from 'use-intl';
import { conditionTone } from '~/features/banking/integrations/integrationRules';
import type { IntegrationFactsFragment } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { StatusMark } from '~/ui/status/StatusMark';

/** How the bank is reached, in one word; a pause names the time of its end. */
export function ConditionMark({ integration }: { integration: IntegrationFactsFragment }) {
  const t = useTranslations('integration');
  const { condition, circuit } = integration;
  const retry = condition === 'CIRCUIT_OPEN' && circuit.retryAt ? formatInstant(circuit.retryAt, 'second').slice(11) : null;
  const text = retry ? t('retryAt', { at: retry }) : t(`condition.${condition}`);
  return <StatusMark tone={conditionTone(condition)}>{text}</StatusMark>;
}
