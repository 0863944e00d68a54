import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import type { ActName } from '~/features/disbursement/requests/useDisbursementActs';
import type { Permission } from '~/platform/permissions/usePermissions';

const NEEDS: Record<ActName, readonly Permission[]> = {
  submit: ['disbursement.request'],
  approve: ['disbursement.approve'],
  audit: ['disbursement.audit'],
  sendBack: ['disbursement.approve', 'disbursement.audit'],
  reject: ['disbursement.approve', 'disbursement.audit'],
  withdraw: ['disbursement.request'],
};

const WHILE: Record<ActName, readonly DisbursementDetail['status'][]> = {
  submit: ['DRAFT'],
  approve: ['IN_APPROVAL'],
  audit: ['APPROVED'],
  sendBack: ['IN_APPROVAL', 'APPROVED', 'AUDITED'],
  reject: ['IN_APPROVAL', 'APPROVED'],
  withdraw: ['DRAFT', 'IN_APPROVAL', 'APPROVED', 'AUDITED'],
};

/**
 * Which acts are worth showing: allowed ones always; refused ones only to people whose work it is,
 * and only in the state in which it would be done, so that the reason means something.
 */
export function visibleActs(found: DisbursementDetail, may: (permission: Permission) => boolean): ActName[] {
  const names = Object.keys(NEEDS) as ActName[];
  return names.filter((name) => found.viewerCan[name].allowed || (NEEDS[name].some(may) && WHILE[name].includes(found.status)));
}
