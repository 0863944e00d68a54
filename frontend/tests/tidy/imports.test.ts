import { describe, expect, it } from 'vitest';
import { product } from './sources';

/** From the roof down. A layer imports only layers below it, and itself. */
const LAYERS = ['app', 'workbenches', 'features', 'ui', 'platform', 'domain'];
/** Not layers: who may use them is listed. */
const SHARED: Record<string, readonly string[]> = {
  generated: ['features', 'workbenches', 'platform'],
  locales: ['platform'],
  theme: ['app', 'main.tsx'],
};

function importsOf(code: string): string[] {
  return [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

function placeOf(path: string): { layer: string; room: string } {
  const [layer = '', room = ''] = path.replace(/^(src|~)\//, '').split('/');
  return { layer, room };
}

function forbidden(from: string, to: string): boolean {
  const here = placeOf(from);
  const there = placeOf(to);
  const listed = SHARED[there.layer];
  if (listed) return !listed.includes(here.layer) && here.layer !== there.layer;
  if (here.layer === 'main.tsx') return !['app', 'platform'].includes(there.layer);
  if (here.layer === 'theme') return there.layer !== 'platform';
  const hereAt = LAYERS.indexOf(here.layer);
  const thereAt = LAYERS.indexOf(there.layer);
  if (hereAt < 0 || thereAt < 0 || thereAt < hereAt) return true;
  return here.layer === there.layer && ['features', 'workbenches'].includes(here.layer) && here.room !== there.room;
}

describe('who imports whom', () => {
  it('keeps the layers, and the rooms apart', () => {
    const broken = product.flatMap(({ path, code }) =>
      importsOf(code)
        .filter((target) => target.startsWith('~/') && forbidden(path, target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('would notice a breach', () => {
    expect(forbidden('src/ui/grid/DataGrid.tsx', '~/generated/graphql')).toBe(true);
    expect(forbidden('src/features/registry/cases/CasePage.tsx', '~/features/collection/receipts/ReceiptPage')).toBe(true);
    expect(forbidden('src/platform/api/client.ts', '~/ui/grid/DataGrid')).toBe(true);
    expect(forbidden('src/features/registry/cases/CasePage.tsx', '~/app/router')).toBe(true);
    expect(forbidden('src/workbenches/handler/HandlerHome.tsx', '~/features/collection/receipts/ReceiptPage')).toBe(false);
  });

  it('uses absolute paths inside the client', () => {
    const relative = product.flatMap(({ path, code }) => importsOf(code).filter((target) => target.startsWith('.')).map((target) => `${path} ${target}`));
    expect(relative).toEqual([]);
  });

  it('keeps the heavy parts of the kit out, and the kit itself out of the lower layers', () => {
    const heavy = product.filter(({ code }) =>
      [...code.matchAll(/import \{([^}]*)\} from 'antd'/g)].some((match) => /\b(Table|DatePicker|Select|Upload|Menu|Form|List)\b/.test(match[1] ?? '')),
    );
    const below = product.filter(({ path, code }) => /^src\/(platform|domain|workbenches)\//.test(path) && /from 'antd/.test(code));
    expect([...heavy, ...below].map((source) => source.path)).toEqual([]);
  });
});
