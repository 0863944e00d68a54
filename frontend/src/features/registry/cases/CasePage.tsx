import { Alert } from 'antd';
import { useLocation, useParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { CaseActs } from '~/features/registry/cases/CaseActs';
import { CaseBalance, CaseFacts } from '~/features/registry/cases/CaseHead';
import { CaseLedger } from '~/features/registry/cases/CaseLedger';
import { CaseMoney } from '~/features/registry/cases/CaseMoney';
import { PartyList } from '~/features/registry/cases/PartyList';
import { SubAccountPanel } from '~/features/registry/cases/SubAccountPanel';
import { useCaseLive } from '~/features/registry/cases/useCaseLive';
import { CaseMoneyDocument, CasePageDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { useUrlState } from '~/platform/urlState';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

export function CasePage() {
  const t = useTranslations('registry');
  const { caseId = '' } = useParams();
  const url = useUrlState();
  const { state } = useLocation() as { state: { warnings?: readonly string[] } | null };
  const page = usePageQuery(CasePageDocument, { id: caseId, asOf: url.get('asOf') || null, after: url.after });
  const money = usePageQuery(CaseMoneyDocument, { caseId }, { exact: true });
  const refetch = () => {
    page.refetch();
    money.refetch();
  };
  useCaseLive(caseId, refetch);

  if (page.fault) return <FaultState fault={page.fault} onRetry={refetch} />;
  const found = page.data?.case;
  // The address may already name another case than the data in hand.
  if (!page.data || (found && found.id !== caseId)) return <Waiting />;
  if (!found) return <EmptyState text={t('page.missing')} />;
  return (
    <Page title={found.number} actions={<CaseActs caseId={found.id} />}>
      {state?.warnings?.map((warning) => (
        <Alert key={warning} type="warning" showIcon title={warning} />
      ))}
      <CaseBalance balance={page.data.caseBalance} />
      <SubAccountPanel caseId={found.id} subAccounts={page.data.subAccounts.edges.map((edge) => edge.node)} onBound={refetch} />
      <CaseMoney data={money.data} fault={money.fault} />
      <CaseFacts found={found} />
      <PartyList parties={page.data.parties.edges.map((edge) => edge.node)} />
      <CaseLedger ledger={page.data.caseLedger} url={url} />
    </Page>
  );
}
