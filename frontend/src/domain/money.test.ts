import { describe, expect, it } from 'vitest';
import { fenOf, formatYuan, largestYuan, minusYuan, perMille, readPositiveYuan, totalYuan, yuanOf } from '~/domain/money';

describe('amounts', () => {
  it.each([
    ['1234.50', 123450n],
    ['0.01', 1n],
    ['-3.2', -320n],
    ['92233720368547758.07', 9223372036854775807n],
  ])('%s is %s fen', (yuan, fen) => {
    expect(fenOf(yuan)).toBe(fen);
  });

  it('refuses what is not an amount instead of guessing', () => {
    expect(() => fenOf('1,234.50')).toThrow(TypeError);
    expect(() => fenOf('0.001')).toThrow(TypeError);
  });

  it('adds without losing a fen where a double would', () => {
    expect(totalYuan(['0.10', '0.20', '90071992547409.93'])).toBe('90071992547410.23');
    expect(minusYuan('0.30', '0.10')).toBe('0.20');
    expect(largestYuan(['2.00', '10.00', '9.99'])).toBe('10.00');
    expect(largestYuan([])).toBe('0.00');
  });

  it.each([
    ['1234567.8', '1,234,567.80'],
    ['-100', '-100.00'],
    ['999', '999.00'],
    ['1000', '1,000.00'],
  ])('shows %s as %s', (yuan, shown) => {
    expect(formatYuan(yuan)).toBe(shown);
  });

  it.each([
    ['￥1,234.50 元', '1234.50'],
    ['１２３４．５', '1234.50'],
    ['１，２３４。５０', '1234.50'],
    ['120000', '120000.00'],
    ['5.', '5.00'],
    ['86,000元整', '86000.00'],
  ])('reads %s as %s', (typed, yuan) => {
    expect(readPositiveYuan(typed)).toEqual({ ok: true, yuan, fen: fenOf(yuan) });
  });

  it.each([
    ['', 'empty'],
    ['1.005', 'too_many_decimals'],
    ['1e5', 'malformed'],
    ['12,34.00', 'malformed'],
    ['-5', 'not_positive'],
    ['0.00', 'not_positive'],
    ['1000000000000000', 'too_large'],
    ['abc', 'malformed'],
  ])('refuses %s as %s', (typed, problem) => {
    expect(readPositiveYuan(typed)).toEqual({ ok: false, problem });
  });

  it('gives a share for bars', () => {
    expect(perMille('25.00', '100.00')).toBe(250);
    expect(perMille('1.00', '0.00')).toBe(0);
    expect(yuanOf(-5n)).toBe('-0.05');
  });
});
