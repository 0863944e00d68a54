import type { DisbursementDetail_DisbursementFragment } from '~/generated/graphql';

/** Names for the pieces of a disbursement that components show on their own. */
export type DisbursementDetail = DisbursementDetail_DisbursementFragment;
export type LinePart = DisbursementDetail['lines'][number];
export type CheckPart = DisbursementDetail['checks'][number];
export type ActPart = DisbursementDetail['acts'][number];
export type ApprovalStepPart = DisbursementDetail['approvalPlan'][number];
