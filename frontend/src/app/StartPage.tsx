import { Navigate } from 'react-router';
import { type Permission, usePermissions } from '~/platform/permissions/usePermissions';
import { paths } from '~/platform/paths';
import { ApproverHome } from '~/workbenches/approver/ApproverHome';
import { CashierHome } from '~/workbenches/cashier/CashierHome';
import { CourtAdminHome } from '~/workbenches/court-admin/CourtAdminHome';
import { FinanceSupervisorHome } from '~/workbenches/finance-supervisor/FinanceSupervisorHome';
import { HandlerHome } from '~/workbenches/handler/HandlerHome';

/** The first right a person holds decides the desk: nearest to the money first. */
const DESKS: readonly (readonly [Permission, () => React.ReactNode])[] = [
  ['disbursement.release', () => <CashierHome />],
  ['disbursement.audit', () => <FinanceSupervisorHome />],
  ['disbursement.approve', () => <ApproverHome />],
  ['disbursement.request', () => <HandlerHome />],
  ['fund_account.manage', () => <CourtAdminHome />],
  ['overview.read', () => <Navigate to={paths.overview()} replace />],
];

export function StartPage() {
  const may = usePermissions();
  const desk = DESKS.find(([permission]) => may(permission));
  return desk ? desk[1]() : <CourtAdminHome />;
}
