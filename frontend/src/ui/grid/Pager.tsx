import { Button } from 'antd';
import { useTranslations } from 'use-intl';

type Props = {
  page: number;
  total: number | undefined;
  endCursor: string | null | undefined;
  hasNext: boolean;
  onNext: (cursor: string) => void;
  onPrevious: () => void;
};

/** Numbered pages by cursor, with the number of all rows that fit the filter. */
export function Pager({ page, total, endCursor, hasNext, onNext, onPrevious }: Props) {
  const t = useTranslations('ui');
  if (total === undefined) return null;
  return (
    <nav className="ak-pager" aria-label={t('pager.label')}>
      <span>{t('pager.total', { total })}</span>
      <Button disabled={page === 1} onClick={onPrevious}>
        {t('pager.previous')}
      </Button>
      <span>{t('pager.page', { page })}</span>
      <Button disabled={!hasNext || !endCursor} onClick={() => endCursor && onNext(endCursor)}>
        {t('pager.next')}
      </Button>
    </nav>
  );
}
