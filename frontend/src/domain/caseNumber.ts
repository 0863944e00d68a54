import { halfWidth } from '~/domain/halfWidth';

/** Tidies what a person typed (spaces, half-width brackets, a missing 号). The server decides whether it is a case number. */
export function tidyCaseNumber(typed: string): string {
  const text = halfWidth(typed).replace(/[\s\u3000]/g, '').replaceAll('(', '（').replaceAll(')', '）').replaceAll('[', '（').replaceAll(']', '）').replaceAll('〔', '（').replaceAll('〕', '）');
  return text !== '' && /\d$/.test(text) ? `${text}号` : text;
}
