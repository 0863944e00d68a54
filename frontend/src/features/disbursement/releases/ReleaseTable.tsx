import { Button } from 'antd';
import { Fragment } from 'react';
import { useTranslations } from 'use-intl';
import { digestPrefix } from '~/domain/digest';
import { totalYuan } from '~/domain/money';
import type { ReleaseItem } from '~/features/disbursement/releases/releaseRules';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Props = { items: readonly ReleaseItem[]; onRemove: (id: string) => void };

/** Every payee and every account number in full, with the sum of exactly what is listed. */
export function ReleaseTable({ items, onRemove }: Props) {
  const t = useTranslations('disbursement');
  return (
    <Section title={t('review.lines')}>
      <div className="ak-grid-frame">
        <table className="ak-grid">
          <caption className="ak-unseen">{t('review.lines')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('request.number')}</th>
              <th scope="col">{t('request.case')}</th>
              <th scope="col">{t('line.payeeName')}</th>
              <th scope="col">{t('line.payeeAccount')}</th>
              <th scope="col" className="ak-num">
                {t('line.amountColumn')}
              </th>
              <th scope="col">{t('review.digest')}</th>
              <th scope="col">{t('review.act')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <Fragment key={item.id}>
                {item.lines.map((line, index) => (
                  <tr key={line.id}>
                    <th scope="row">{item.number}</th>
                    <td>{item.case.number}</td>
                    <td>{line.payeeName}</td>
                    <td>
                      <span className="ak-amount">{line.payeeAccount || line.payeeAccountMasked}</span>
                      <small className="ak-second">
                        {line.payeeBankName}
                        {line.payeeBankCode ? ` · ${t('line.cnaps')} ${line.payeeBankCode}` : ''}
                      </small>
                    </td>
                    <td className="ak-num">
                      <Amount yuan={line.amount} />
                    </td>
                    <td>
                      <code>{digestPrefix(item.digest)}</code>
                    </td>
                    <td>
                      {index === 0 ? (
                        <Button size="small" aria-label={t('review.removeNumber', { number: item.number })} onClick={() => onRemove(item.id)}>
                          {t('review.remove')}
                        </Button>
                      ) : null}
                    </td>
                  </tr>
                ))}
              </Fragment>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={4}>
                {t('review.sum')}
              </th>
              <td className="ak-num">
                <Amount yuan={totalYuan(items.map((item) => item.total))} />
              </td>
              <td colSpan={2} />
            </tr>
          </tfoot>
        </table>
      </div>
    </Section>
  );
}
