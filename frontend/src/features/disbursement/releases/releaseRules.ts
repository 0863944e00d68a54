import { totalYuan, type Yuan } from '~/domain/money';
import type { ReleaseItem_DisbursementFragment } from '~/generated/graphql';

export type ReleaseItem = ReleaseItem_DisbursementFragment;

export type BankTotal = { account: string; count: number; total: Yuan };

/** Sums by the court's account that will be debited. */
export function totalsByAccount(items: readonly ReleaseItem[]): BankTotal[] {
  const groups = new Map<string, ReleaseItem[]>();
  for (const item of items) {
    const account = `${item.fundAccount.bankName} ${item.fundAccount.accountNoMasked}`;
    groups.set(account, [...(groups.get(account) ?? []), item]);
  }
  return [...groups].map(([account, group]) => ({
    account,
    count: group.reduce((sum, item) => sum + item.lines.length, 0),
    total: totalYuan(group.map((item) => item.total)),
  }));
}

/** Numbers of what is no longer as it was when the review began: changed content, or no longer to be paid. */
export function changedSince(seen: readonly ReleaseItem[], now: readonly ReleaseItem[]): string[] {
  return seen
    .filter((item) => {
      const current = now.find((one) => one.id === item.id);
      return !current || current.digest !== item.digest || current.status !== item.status;
    })
    .map((item) => item.number);
}
