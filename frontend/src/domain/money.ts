import { halfWidth } from '~/domain/halfWidth';

/**
 * Money on this side of the wire is text in yuan ("1234.50", the API's scalar) or a
 * bigint of fen. There is no path through a floating-point number.
 */
export type Yuan = string;
export type Fen = bigint;

export type MoneyProblem = 'empty' | 'malformed' | 'too_many_decimals' | 'not_positive' | 'too_large';
export type MoneyReading = { ok: true; fen: Fen; yuan: Yuan } | { ok: false; problem: MoneyProblem };

const LIMIT: Fen = 10n ** 17n;
const PLAIN = /^([+-]?)(\d+)(?:\.(\d*))?$/;
const GROUPED = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/;

/** Fen of an amount the API sent. Throws when the text is not a yuan amount: that is a fault, not a typing error. */
export function fenOf(yuan: Yuan): Fen {
  const match = PLAIN.exec(yuan);
  if (!match || (match[3] ?? '').length > 2) throw new TypeError(`not a yuan amount: ${yuan}`);
  const cents = `${match[3] ?? ''}00`.slice(0, 2);
  const fen = BigInt(match[2] ?? '0') * 100n + BigInt(cents);
  return match[1] === '-' ? -fen : fen;
}

/** The API's form of an amount: two decimals, no grouping. */
export function yuanOf(fen: Fen): Yuan {
  const sign = fen < 0n ? '-' : '';
  const size = fen < 0n ? -fen : fen;
  return `${sign}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
}

/** What people read: "1,234.50". */
export function formatYuan(yuan: Yuan): string {
  const plain = yuanOf(fenOf(yuan));
  const [whole = '0', cents = '00'] = plain.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${plain.startsWith('-') ? '-' : ''}${grouped}.${cents}`;
}

/**
 * Reads an amount a person typed or pasted: full-width digits, ￥ and 元, grouping commas.
 * A third decimal is refused, never rounded; so are signs, zero and misplaced commas.
 */
export function readPositiveYuan(typed: string): MoneyReading {
  const text = halfWidth(typed)
    .replace(/[\s¥￥]/g, '')
    .replace(/(元|圆)整?$/, '');
  if (text === '') return { ok: false, problem: 'empty' };
  if (text.includes(',') && !GROUPED.test(text)) return { ok: false, problem: 'malformed' };
  const plain = text.replaceAll(',', '');
  const match = PLAIN.exec(plain);
  if (!match) return { ok: false, problem: 'malformed' };
  if ((match[3] ?? '').length > 2) return { ok: false, problem: 'too_many_decimals' };
  const fen = fenOf(plain.endsWith('.') ? plain.slice(0, -1) : plain);
  if (fen <= 0n) return { ok: false, problem: 'not_positive' };
  if (fen >= LIMIT) return { ok: false, problem: 'too_large' };
  return { ok: true, fen, yuan: yuanOf(fen) };
}

/** Sum of amounts the API sent. */
export function totalYuan(amounts: readonly Yuan[]): Yuan {
  return yuanOf(amounts.reduce((sum, amount) => sum + fenOf(amount), 0n));
}

/** The first amount less the second. */
export function minusYuan(from: Yuan, amount: Yuan): Yuan {
  return yuanOf(fenOf(from) - fenOf(amount));
}

export function isZeroYuan(yuan: Yuan): boolean {
  return fenOf(yuan) === 0n;
}

export function isNegativeYuan(yuan: Yuan): boolean {
  return fenOf(yuan) < 0n;
}

/** Share of `part` in `whole` in thousandths, for the length of a bar only. */
export function perMille(part: Yuan, whole: Yuan): number {
  const base = fenOf(whole);
  return base <= 0n ? 0 : Number((fenOf(part) * 1000n) / base);
}

/** The largest of the amounts, "0.00" when there are none. */
export function largestYuan(amounts: readonly Yuan[]): Yuan {
  return yuanOf(amounts.reduce((top, amount) => (fenOf(amount) > top ? fenOf(amount) : top), 0n));
}
