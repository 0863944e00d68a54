import { useState } from 'react';
import { ReceiptArrivedDocument } from '~/generated/graphql';
import { useLive } from '~/platform/live/useLive';

/** Counts arrivals since the list was last read. Each receipt counts once however often it changes. */
export function useNewReceipts(): { count: number; seen: () => void } {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  useLive(ReceiptArrivedDocument, {}, (data) => data.receiptArrived, {
    onEvent: ({ kind, receipt }) => {
      if (kind === 'receipt.arrived') setIds((old) => new Set(old).add(receipt.id));
    },
  });
  return { count: ids.size, seen: () => setIds(new Set()) };
}
