import { describe, expect, it } from 'vitest';
import { product, sources, sourcesUnder } from './sources';

const paths = (found: readonly { path: string }[]) => found.map((source) => source.path);

describe('shape of the sources', () => {
  it('keeps files short', () => {
    expect(paths(sources.filter((source) => source.lines > 250))).toEqual([]);
    const sizes = product.map((source) => source.lines).sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(100);
    expect(paths(sourcesUnder('src', /\.graphql$/).filter((source) => source.lines > 110))).toEqual([]);
  });

  it('has no default exports, no barrels, no drawers for anything', () => {
    expect(paths(product.filter(({ code }) => /export default|export \* from|export \{[^}]*\} from/.test(code)))).toEqual([]);
    expect(paths(product.filter(({ path }) => /(^|\/)(index|utils?|helpers?|common|manager)(\.|\/)/i.test(path)))).toEqual([]);
  });

  it('reaches the network, the store and the clock only through platform', () => {
    const reaching = /\bfetch\(|\blocalStorage\b|\bsessionStorage\b|\bindexedDB\b|new Date\(\s*\)|Date\.now\(/;
    expect(paths(product.filter(({ path, code }) => !path.startsWith('src/platform/') && reaching.test(code)))).toEqual([]);
  });

  it('does no arithmetic on amounts outside of domain/money', () => {
    const floating = /parseFloat|\.toFixed\(|Number\([^)]*(yuan|amount|total)/i;
    expect(paths(product.filter(({ code }) => floating.test(code)))).toEqual([]);
    const fen = product.filter(({ path, code }) => /\b\d+n\b/.test(code) && !path.startsWith('src/domain/'));
    expect(paths(fen)).toEqual(['src/features/collection/receipts/ClaimLines.tsx', 'src/features/collection/receipts/claimRules.ts']);
  });

  it('names every effect', () => {
    expect(paths(product.filter(({ code }) => /useEffect\(\s*(\(|async)/.test(code)))).toEqual([]);
  });

  it('writes no markup as text', () => {
    expect(paths(product.filter(({ code }) => /dangerouslySetInnerHTML|innerHTML|\beval\(/.test(code)))).toEqual([]);
  });

  it('leaves no host names but the development proxy', () => {
    expect(paths(product.filter(({ code }) => /https?:\/\//.test(code)))).toEqual([]);
  });
});
