import { Button } from 'antd';
import { useTranslations } from 'use-intl';
import { RECEIPT_STATUSES } from '~/features/collection/receipts/receiptFilter';
import type { UrlState } from '~/platform/urlState';
import { DateField } from '~/ui/form/DateField';
import { SearchBox } from '~/ui/form/SearchBox';
import { SelectField } from '~/ui/form/SelectField';

const NAMES = ['search', 'status', 'from', 'to', 'amount', 'court', 'mine'];

export function ReceiptFilters({ url }: { url: UrlState }) {
  const t = useTranslations('collection');
  return (
    <div className="ak-filters">
      <SearchBox
        label={t('list.search')}
        placeholder={t('list.searchHint')}
        value={url.get('search')}
        onSearch={(text) => url.set({ search: text })}
      />
      <SelectField
        label={t('receipt.status')}
        value={url.get('status')}
        none={t('list.anyStatus')}
        choices={RECEIPT_STATUSES.map((one) => ({ value: one, label: t(`status.${one}`) }))}
        onChange={(status) => url.set({ status })}
      />
      <DateField label={t('list.from')} value={url.get('from')} onChange={(from) => url.set({ from })} />
      <DateField label={t('list.to')} value={url.get('to')} onChange={(to) => url.set({ to })} />
      {NAMES.some((name) => url.get(name) !== '') ? (
        <Button onClick={() => url.set(Object.fromEntries(NAMES.map((name) => [name, ''])))}>{t('list.clear')}</Button>
      ) : null}
    </div>
  );
}
