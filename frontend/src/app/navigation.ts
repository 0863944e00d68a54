import { paths } from '~/platform/paths';
import type { Permission } from '~/platform/permissions/usePermissions';

export type NavItem = {
  key: 'start' | 'cases' | 'receipts' | 'disbursements' | 'approvals' | 'audits' | 'releases' | 'fundAccounts' | 'integrations' | 'reports' | 'statements' | 'overview' | 'alarms';
  to: string;
  /** Shown to people who hold it; without one, to everybody. */
  needs?: Permission;
};

export const navigation: readonly NavItem[] = [
  { key: 'start', to: paths.start() },
  { key: 'overview', to: paths.overview(), needs: 'overview.read' },
  { key: 'cases', to: paths.cases(), needs: 'case.read' },
  { key: 'receipts', to: paths.receipts(), needs: 'receipt.read' },
  { key: 'disbursements', to: paths.disbursements(), needs: 'disbursement.read' },
  { key: 'approvals', to: paths.approvals(), needs: 'disbursement.approve' },
  { key: 'audits', to: paths.audits(), needs: 'disbursement.audit' },
  { key: 'releases', to: paths.releases(), needs: 'disbursement.release' },
  { key: 'fundAccounts', to: paths.fundAccounts(), needs: 'fund_account.read' },
  { key: 'integrations', to: paths.integrations(), needs: 'integration.read' },
  { key: 'statements', to: paths.statements(), needs: 'statement.import' },
  { key: 'reports', to: paths.reports(), needs: 'overview.read' },
  { key: 'alarms', to: paths.alarms(), needs: 'alarm.read' },
];
