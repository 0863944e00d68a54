/** The first eight characters in two groups, as read aloud from a signing device: "9f3a 21c0". */
export function digestPrefix(digest: string): string {
  return `${digest.slice(0, 4)} ${digest.slice(4, 8)}`.trim();
}
