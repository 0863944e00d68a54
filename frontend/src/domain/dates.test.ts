import { expect, it } from 'vitest';
import { readDate } from '~/domain/dates';

it.each([
  ['2026-11-21', '2026-11-21'],
  ['20261121', '2026-11-21'],
  ['2026/1/5', '2026-01-05'],
  [' 2026年1月5日 ', '2026-01-05'],
  ['２０２６－０２－２８', '2026-02-28'],
  ['2024-02-29', '2024-02-29'],
])('reads %s', (typed, iso) => {
  expect(readDate(typed)).toBe(iso);
});

it.each(['', '2026-02-29', '2026-13-01', '21.11.2026', '11/21/2026', '今天', '2026-1'])('reads no date in "%s"', (typed) => {
  expect(readDate(typed)).toBeNull();
});
