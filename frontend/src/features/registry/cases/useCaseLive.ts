import { DisbursementChangedDocument, ReceiptArrivedDocument } from '~/generated/graphql';
import { useLive } from '~/platform/live/useLive';
import { useViewer } from '~/platform/session/sessionStore';

/** Reads the case again when money arrives for it or one of its payments moves. */
export function useCaseLive(caseId: string, onChange: () => void): void {
  const courtId = useViewer().court.id;
  useLive(ReceiptArrivedDocument, { courtId }, (data) => data.receiptArrived, {
    onEvent: ({ kind, receipt }) => {
      // A change may have taken money off this case, and then its allocation is no longer in the event.
      if (kind !== 'receipt.arrived' || receipt.allocations.some((one) => one.case.id === caseId)) onChange();
    },
    onResume: onChange,
  });
  useLive(DisbursementChangedDocument, { courtId }, (data) => data.disbursementChanged, {
    onEvent: ({ disbursement }) => {
      if (disbursement.case.id === caseId) onChange();
    },
  });
}
