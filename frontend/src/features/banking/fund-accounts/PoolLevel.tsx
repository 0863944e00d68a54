import { useTranslations } from 'use-intl';
import { SubAccountPoolDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { StatusMark } from '~/ui/status/StatusMark';

/** How many sub-accounts can still be given to cases. Asked for one account at a time, for the own court's only. */
export function PoolLevel({ fundAccountId }: { fundAccountId: string }) {
  const t = useTranslations('banking');
  const { data } = usePageQuery(SubAccountPoolDocument, { fundAccountId });
  if (!data) return null;
  const { free, total, low } = data.subAccountPool;
  const counts = t('account.poolCounts', { free, total });
  return low ? <StatusMark tone="warn">{t('account.poolLow', { counts })}</StatusMark> : <StatusMark tone="good">{counts}</StatusMark>;
}
