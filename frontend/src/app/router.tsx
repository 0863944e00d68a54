import { createBrowserRouter } from 'react-router';
import { PageFailed } from '~/app/PageFailed';
import { Shell } from '~/app/Shell';
import { StartPage } from '~/app/StartPage';

/** Address to page. Every page but the start page is fetched when first opened. */
export const router = createBrowserRouter([
  {
    element: <Shell />,
    children: [
      {
        errorElement: <PageFailed />,
        children: [
          { index: true, element: <StartPage /> },
          { path: 'cases', lazy: async () => ({ Component: (await import('~/features/registry/cases/CaseListPage')).CaseListPage }) },
          { path: 'cases/new', lazy: async () => ({ Component: (await import('~/features/registry/cases/RegisterCasePage')).RegisterCasePage }) },
          { path: 'cases/import', lazy: async () => ({ Component: (await import('~/features/registry/cases/ImportCasesPage')).ImportCasesPage }) },
          { path: 'cases/:caseId', lazy: async () => ({ Component: (await import('~/features/registry/cases/CasePage')).CasePage }) },
          { path: 'receipts', lazy: async () => ({ Component: (await import('~/features/collection/receipts/ReceiptListPage')).ReceiptListPage }) },
          { path: 'receipts/:receiptId', lazy: async () => ({ Component: (await import('~/features/collection/receipts/ReceiptPage')).ReceiptPage }) },
          { path: 'disbursements', lazy: async () => ({ Component: (await import('~/features/disbursement/requests/DisbursementListPage')).DisbursementListPage }) },
          { path: 'disbursements/new', lazy: async () => ({ Component: (await import('~/features/disbursement/requests/NewDisbursementPage')).NewDisbursementPage }) },
          { path: 'disbursements/:disbursementId', lazy: async () => ({ Component: (await import('~/features/disbursement/requests/DisbursementPage')).DisbursementPage }) },
          { path: 'disbursements/:disbursementId/edit', lazy: async () => ({ Component: (await import('~/features/disbursement/requests/EditDisbursementPage')).EditDisbursementPage }) },
          { path: 'approvals', lazy: async () => ({ Component: (await import('~/features/disbursement/approvals/ApprovalsPage')).ApprovalsPage }) },
          { path: 'audits', lazy: async () => ({ Component: (await import('~/features/disbursement/audits/AuditsPage')).AuditsPage }) },
          { path: 'releases', lazy: async () => ({ Component: (await import('~/features/disbursement/releases/ReleasesPage')).ReleasesPage }) },
          { path: 'releases/review', lazy: async () => ({ Component: (await import('~/features/disbursement/releases/ReleaseReviewPage')).ReleaseReviewPage }) },
          { path: 'fund-accounts', lazy: async () => ({ Component: (await import('~/features/banking/fund-accounts/FundAccountsPage')).FundAccountsPage }) },
          { path: 'integrations', lazy: async () => ({ Component: (await import('~/features/banking/integrations/IntegrationsPage')).IntegrationsPage }) },
          { path: 'integrations/:fundAccountId', lazy: async () => ({ Component: (await import('~/features/banking/integrations/IntegrationPage')).IntegrationPage }) },
          { path: 'plugins', lazy: async () => ({ Component: (await import('~/features/banking/integrations/PluginsPage')).PluginsPage }) },
          { path: 'plugins/:pluginId', lazy: async () => ({ Component: (await import('~/features/banking/integrations/PluginPage')).PluginPage }) },
          { path: 'reports', lazy: async () => ({ Component: (await import('~/features/insight/reports/ReportsPage')).ReportsPage }) },
          { path: 'statements', lazy: async () => ({ Component: (await import('~/features/banking/statements/StatementsPage')).StatementsPage }) },
          { path: 'statements/import', lazy: async () => ({ Component: (await import('~/features/banking/statements/ImportStatementPage')).ImportStatementPage }) },
          { path: 'statements/:importId', lazy: async () => ({ Component: (await import('~/features/banking/statements/StatementPage')).StatementPage }) },
          { path: 'overview', lazy: async () => ({ Component: (await import('~/features/insight/overview/OverviewPage')).OverviewPage }) },
          { path: 'alarms', lazy: async () => ({ Component: (await import('~/features/supervision/alarms/AlarmsPage')).AlarmsPage }) },
        ],
      },
    ],
  },
]);
