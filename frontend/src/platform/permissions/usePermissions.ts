import { useViewer } from '~/platform/session/sessionStore';

/** The names the server uses in viewer.permissions. */
export type Permission =
  | 'case.read'
  | 'case.register'
  | 'case.manage'
  | 'receipt.read'
  | 'receipt.claim'
  | 'receipt.allocate_any'
  | 'disbursement.read'
  | 'disbursement.request'
  | 'disbursement.approve'
  | 'disbursement.audit'
  | 'disbursement.release'
  | 'fund_account.read'
  | 'fund_account.manage'
  | 'integration.read'
  | 'integration.messages'
  | 'plugin.manage'
  | 'statement.import'
  | 'overview.read'
  | 'alarm.read'
  | 'alarm.clear'
  | 'staff.read';

export function usePermissions(): (permission: Permission) => boolean {
  const { permissions } = useViewer();
  return (permission) => permissions.includes(permission);
}
