import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import { atomicAmount, formatUsdc, parseUsdc, sumAtomic, usdcAmount } from '../../../lib/core/money.ts';

const amount = fc.bigInt({ min: 0n, max: 999_999_999_999_999_999n });

describe('amounts of USDC', () => {
  it('come back unchanged from their text', () => {
    fc.assert(
      fc.property(amount, (atomic) => {
        expect(parseUsdc(formatUsdc(atomic))).toBe(atomic);
      }),
    );
  });

  it('are written with two to six decimals and no zeros past the second', () => {
    fc.assert(
      fc.property(amount, (atomic) => {
        expect(formatUsdc(atomic)).toMatch(/^\d+\.(?:\d{2}|\d{2,5}[1-9])$/);
      }),
    );
    expect(formatUsdc(50_000n)).toBe('0.05');
    expect(formatUsdc(1_000n)).toBe('0.001');
    expect(formatUsdc(1_530_000n)).toBe('1.53');
    expect(formatUsdc(2_000_000n)).toBe('2.00');
    expect(formatUsdc(1n)).toBe('0.000001');
  });

  it('below zero differ from those above in the sign only', () => {
    fc.assert(
      fc.property(
        amount.filter((atomic) => atomic > 0n),
        (atomic) => {
          expect(formatUsdc(-atomic)).toBe(`-${formatUsdc(atomic)}`);
        },
      ),
    );
  });

  it('are never rounded: more than six decimals are refused', () => {
    fc.assert(
      fc.property(amount, fc.stringMatching(/^[0-9]$/), (atomic, digit) => {
        const [whole, fraction = ''] = formatUsdc(atomic).split('.');
        expect(() => parseUsdc(`${whole}.${fraction.padEnd(6, '0')}${digit}`)).toThrow(SwarmError);
      }),
    );
  });

  it.each(['', ' ', '1.', '.5', '-1', '+1', '1e3', '0x10', '1,5', '1 ', 'NaN', '１', '1\n', '9'.repeat(13)])(
    'are not read from %j',
    (text) => {
      expect(() => parseUsdc(text)).toThrow(expect.objectContaining({ code: 'core/bad-amount', disposition: 'stop' }));
      expect(usdcAmount.safeParse(text).success).toBe(false);
    },
  );

  it('are refused as numbers, whatever their value', () => {
    fc.assert(
      fc.property(fc.double(), (number) => {
        expect(usdcAmount.safeParse(number).success).toBe(false);
        expect(atomicAmount.safeParse(number).success).toBe(false);
      }),
    );
    expect(usdcAmount.safeParse(0.05).error?.issues[0]?.message).toContain('quoted decimal string');
  });

  it('keep every digit on disk as atomic units', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n - 1n }), (atomic) => {
        expect(atomicAmount.parse(String(atomic))).toBe(atomic);
      }),
    );
  });

  it('add up the same in any order', () => {
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        expect(sumAtomic([...amounts].reverse())).toBe(sumAtomic(amounts));
      }),
    );
    expect(sumAtomic([])).toBe(0n);
  });
});
