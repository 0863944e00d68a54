import { useParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { AbilityList } from '~/features/banking/integrations/AbilityList';
import { HealthFacts } from '~/features/banking/integrations/HealthFacts';
import { LastMessages } from '~/features/banking/integrations/LastMessages';
import { SettingsSection } from '~/features/banking/integrations/SettingsForm';
import { IntegrationPageDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useRefresh } from '~/platform/live/useRefresh';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { useViewer } from '~/platform/session/sessionStore';
import { Page } from '~/ui/page/Page';
import { Section } from '~/ui/page/Section';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

/** One fund account and the way to its bank. */
export function IntegrationPage() {
  const t = useTranslations('integration');
  const may = usePermissions();
  const own = useViewer().court.id;
  const { fundAccountId = '' } = useParams();
  const { data, fault, refetch } = usePageQuery(IntegrationPageDocument, { fundAccountId }, { exact: true });
  useRefresh(refetch);
  if (fault && !data) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  const found = data.integration;
  const account = `${found.fundAccount.bankName} ${found.fundAccount.accountNoMasked}`;
  return (
    <Page title={account} intro={`${found.court.name} · ${found.fundAccount.name}`}>
      <HealthFacts found={found} />
      <LastMessages messages={found.lastMessages} />
      {may('fund_account.manage') && found.court.id === own ? (
        <SettingsSection key={fundAccountId} fundAccountId={fundAccountId} account={account} onChanged={refetch} />
      ) : null}
      {found.bank ? (
        <Section title={t('abilities')}>
          <AbilityList able={found.bank.capabilities} />
        </Section>
      ) : null}
    </Page>
  );
}
