import { fenOf, type Yuan } from '~/domain/money';

const DIGITS = [...'零壹贰叁肆伍陆柒捌玖'];
const PLACES = ['', '拾', '佰', '仟'];
const UNITS: readonly (readonly [string, bigint])[] = [
  ['亿', 100_000_000n],
  ['万', 10_000n],
];

/** Four digits, leading zeros not spoken; the caller asks for a 零 in front of a gap. */
function group(value: number): string {
  let text = '';
  let gap = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.trunc(value / 10 ** place) % 10;
    if (digit === 0) {
      gap = text !== '';
      continue;
    }
    text += `${gap ? '零' : ''}${DIGITS[digit]}${PLACES[place]}`;
    gap = false;
  }
  return text;
}

/** 亿 and 万 split the number in two; what is above 亿 is read by the same rule (壹万亿). */
function wholeYuan(value: bigint): string {
  for (const [unit, size] of UNITS) {
    if (value < size) continue;
    const low = value % size;
    const gap = low > 0n && low < size / 10n ? '零' : '';
    return `${wholeYuan(value / size)}${unit}${gap}${wholeYuan(low)}`;
  }
  return group(Number(value));
}

/**
 * An amount in banking capitals: 整 after 元 and after 角, nothing after 分; a 零 where 角 is
 * missing between 元 and 分. Zero is 零元整.
 */
export function capitals(yuan: Yuan): string {
  const signed = fenOf(yuan);
  const fen = signed < 0n ? -signed : signed;
  const whole = wholeYuan(fen / 100n);
  const jiao = Number((fen / 10n) % 10n);
  const cent = Number(fen % 10n);
  let text = whole === '' ? '' : `${whole}元`;
  if (jiao > 0) text += `${DIGITS[jiao]}角`;
  else if (cent > 0 && text !== '') text += '零';
  if (cent > 0) text += `${DIGITS[cent]}分`;
  else text += text === '' ? '零元整' : '整';
  return signed < 0n ? `负${text}` : text;
}
