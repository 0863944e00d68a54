import { describe, expect, it } from 'vitest';
import { messages as chinese } from '~/platform/i18n/messages.zh-CN';
import { messages as english } from '~/platform/i18n/messages.en';
import { product } from './sources';

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...leaves(value, `${prefix}${key}.`)],
    ),
  );
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Patterns of the keys that sources ask for, room by room: literals, and templates with their holes. */
function askedFor(): Map<string, RegExp[]> {
  const asked = new Map<string, RegExp[]>();
  for (const { code } of product) {
    const rooms = [...code.matchAll(/useTranslations\('([\w-]+)'\)/g)].map((match) => match[1] ?? '');
    const keys = [...code.matchAll(/\bt\(\s*'([^']+)'|\bt\(\s*`([^`]+)`/g)].map((match) => match[1] ?? match[2] ?? '');
    const conditional = [...code.matchAll(/\bt\([^()'`]*\?\s*'([^']+)'\s*:\s*'([^']+)'/g)].flatMap((match) => [match[1] ?? '', match[2] ?? '']);
    const patterns = [...keys, ...conditional].map((key) => new RegExp(`^${key.split(/\$\{[^}]*\}/).map(escaped).join('[\\w-]+')}$`));
    for (const room of rooms) asked.set(room, [...(asked.get(room) ?? []), ...patterns]);
  }
  return asked;
}

/** The holes of a message, so that a translation cannot forget an amount. */
const holes = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort();

describe('messages', () => {
  it('exist in both languages with the same holes', () => {
    const zh = leaves(chinese);
    const en = leaves(english as unknown as Tree);
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
    expect([...zh].filter(([key, text]) => holes(text).join() !== holes(en.get(key) ?? '').join())).toEqual([]);
  });

  it('are all used', () => {
    const asked = askedFor();
    const unused = Object.entries(chinese).flatMap(([room, tree]) =>
      [...leaves(tree as Tree).keys()].filter((key) => !asked.get(room)?.some((pattern) => pattern.test(key))).map((key) => `${room}.${key}`),
    );
    expect(unused).toEqual([]);
  });

  it('are asked for only where they exist', () => {
    const missing = [...askedFor()].flatMap(([room, patterns]) => {
      const known = [...leaves((chinese as unknown as Record<string, Tree>)[room] ?? {}).keys()];
      return patterns.filter((pattern) => !known.some((key) => pattern.test(key))).map((pattern) => `${room} ${pattern.source}`);
    });
    expect(missing).toEqual([]);
  });

  it('hold every Chinese word a person reads: none stands in the sources', () => {
    /** Digits, units and brackets of the domain itself, which no language changes. */
    const allowed = new Set(['src/domain/capitals.ts', 'src/domain/caseNumber.ts', 'src/domain/money.ts', 'src/domain/halfWidth.ts', 'src/domain/ranges.ts']);
    const spoken = product.flatMap(({ path, code }) =>
      allowed.has(path) ? [] : code.split('\n').flatMap((line, index) => (/\p{Script=Han}/u.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
    );
    expect(spoken).toEqual([]);
  });
});
