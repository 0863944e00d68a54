// Run after `vite build`: fails when what a start page loads, or a lazy page adds, outgrows its budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const START_BUDGET_KB = 330;
const LAZY_BUDGET_KB = 70;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const entries = Object.entries(manifest);

/** Every chunk and style sheet that arrives with a chunk, its static imports included. */
function filesWith(key, seen = new Set()) {
  const chunk = manifest[key];
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const style of chunk.css ?? []) seen.add(style);
  for (const imported of chunk.imports ?? []) filesWith(imported, seen);
  return seen;
}

function kilobytes(files) {
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length, 0);
  return Math.round(bytes / 102.4) / 10;
}

const [entryKey] = entries.find(([, chunk]) => chunk.isEntry) ?? [];
if (!entryKey) throw new Error('the build has no entry chunk');
const start = filesWith(entryKey);
const startKb = kilobytes(start);
const lazy = entries
  .filter(([, chunk]) => chunk.isDynamicEntry)
  .map(([key]) => ({ key, kb: kilobytes([...filesWith(key)].filter((file) => !start.has(file))) }))
  .sort((a, b) => b.kb - a.kb);
const heaviest = lazy[0] ?? { key: 'none', kb: 0 };

process.stdout.write(`start ${startKb} KB of ${START_BUDGET_KB}; heaviest page ${heaviest.kb} KB of ${LAZY_BUDGET_KB} (${heaviest.key})\n`);
if (startKb > START_BUDGET_KB || heaviest.kb > LAZY_BUDGET_KB) {
  process.stderr.write('the bundle budget is exceeded\n');
  process.exit(1);
}
