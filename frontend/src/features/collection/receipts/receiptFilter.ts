import { readPositiveYuan } from '~/domain/money';
import type { ReceiptFilter, ReceiptStatus } from '~/generated/graphql';

export const RECEIPT_STATUSES: readonly ReceiptStatus[] = ['UNIDENTIFIED', 'PARTLY_ALLOCATED', 'ALLOCATED'];

/** The address's words as the API's filter: the one place that reads them. */
export function receiptFilter(get: (name: string) => string): ReceiptFilter {
  const status = RECEIPT_STATUSES.find((one) => one === get('status'));
  const amount = readPositiveYuan(get('amount'));
  return {
    status: status ? [status] : null,
    search: get('search') || null,
    from: get('from') || null,
    to: get('to') || null,
    amountFrom: amount.ok ? amount.yuan : null,
    amountTo: amount.ok ? amount.yuan : null,
    courtId: get('court') || null,
    mine: get('mine') === 'yes' || null,
  };
}
