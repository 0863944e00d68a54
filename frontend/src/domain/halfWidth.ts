/** Full-width digits, letters, commas, stops and spaces, as a Chinese keyboard types them, in half width. */
export function halfWidth(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ')
    .replaceAll('。', '.');
}
