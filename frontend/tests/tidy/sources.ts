import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Source = { path: string; text: string; code: string; lines: number };

// Vitest runs in the folder of its configuration.
const root = process.cwd();

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** Comments out of the way, line numbers kept. Enough for our own style: no comment markers inside strings but addresses. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (block) => block.replace(/[^\n]/g, ' ')).replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

export function sourcesUnder(folder: string, ending: RegExp): Source[] {
  return walk(folder)
    .filter((path) => ending.test(path) && !path.startsWith('src/generated/'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, code: withoutComments(text), lines: text.split('\n').length - 1 };
    });
}

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
export const sources = sourcesUnder('src', /\.tsx?$/);
export const product = sources.filter((source) => !isTest(source.path));
