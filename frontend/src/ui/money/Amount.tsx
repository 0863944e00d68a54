import { formatYuan, type Yuan } from '~/domain/money';

type Props = { yuan: Yuan; sign?: boolean; large?: boolean };

/** An amount in tabular figures with its sign of currency where it stands alone. */
export function Amount({ yuan, sign = false, large = false }: Props) {
  const shown = formatYuan(yuan);
  return (
    <span className={large ? 'ak-amount ak-amount-large' : 'ak-amount'} data-yuan={yuan}>
      {sign ? shown.replace(/^(-?)/, '$1¥') : shown}
    </span>
  );
}
