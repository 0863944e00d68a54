import { DisbursementChangedDocument, DisbursementPageDocument, type DisbursementPageQuery } from '~/generated/graphql';
import { type PageQuery, usePageQuery } from '~/platform/api/usePageQuery';
import { useLive } from '~/platform/live/useLive';

/** One disbursement, read again whenever it changes anywhere. */
export function useDisbursement(id: string): PageQuery<DisbursementPageQuery> {
  const page = usePageQuery(DisbursementPageDocument, { id }, { skip: id === '', exact: true });
  useLive(DisbursementChangedDocument, { disbursementId: id || null }, (data) => data.disbursementChanged, {
    onEvent: ({ disbursement }) => disbursement.id === id && page.refetch(),
    onResume: page.refetch,
  });
  return page;
}
