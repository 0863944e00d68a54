import { halfWidth } from '~/domain/halfWidth';

const SHAPES = [/^(\d{4})(\d{2})(\d{2})$/, /^(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?$/];

/** A date as people write it ("20261121", "2026/1/5", with the Chinese words for year, month and day) in the API's form "2026-01-05"; null when it is none. */
export function readDate(typed: string): string | null {
  const text = halfWidth(typed).replace(/\s/g, '');
  const parts = SHAPES.map((shape) => shape.exec(text)).find((found) => found !== null);
  if (!parts) return null;
  const [year = '', month = '', day = ''] = parts.slice(1);
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const instant = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== iso ? null : iso;
}
