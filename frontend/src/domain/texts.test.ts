import { describe, expect, it } from 'vitest';
import { tidyCaseNumber } from '~/domain/caseNumber';
import { digestPrefix } from '~/domain/digest';
import { rowRanges } from '~/domain/ranges';

describe('typed and shown texts', () => {
  it.each([
    ['(2023) 鲁0102执123', '（2023）鲁0102执123号'],
    ['〔２０２３〕鲁０１０２执１２３号', '（2023）鲁0102执123号'],
    ['', ''],
  ])('tidies %s', (typed, tidy) => {
    expect(tidyCaseNumber(typed)).toBe(tidy);
  });

  it('lists rows as ranges', () => {
    expect(rowRanges([14, 3, 7, 12, 13])).toBe('3、7、12～14');
    expect(rowRanges([4, 5])).toBe('4、5');
    expect(rowRanges([])).toBe('');
  });

  it('groups a digest for reading aloud', () => {
    expect(digestPrefix('9f3a21c0ffff')).toBe('9f3a 21c0');
  });
});
