import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGasTooDear } from '../../../lib/flows/trade/gas-limit.ts';
import { tradeSettingsOf } from '../../../lib/flows/trade/settings.ts';

const limit = tradeSettingsOf(8453).gasLimit;

describe('the gas of a trade where it costs money', () => {
  it('never takes more than a fifth of the price', () => {
    if (limit === undefined) return expect.fail('Base has no limit');
    const { gasPerTrade, atomicPerEther } = limit;
    const price = fc.bigInt({ min: 1n, max: 10n ** 9n });
    const gasPrice = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(price, gasPrice, (priceAtomic, gasPriceWei) => {
        const costAtomic = Number(gasPriceWei * gasPerTrade * atomicPerEther) / 1e18;
        const share = costAtomic / Number(priceAtomic);
        if (share < 0.1999) expect(isGasTooDear(priceAtomic, gasPriceWei, limit)).toBe(false);
        if (share > 0.2001) expect(isGasTooDear(priceAtomic, gasPriceWei, limit)).toBe(true);
      }),
    );
  });

  it('is no matter where it is a gift', () => {
    for (const chainId of [31_337, 84_532]) expect(tradeSettingsOf(chainId).gasLimit).toBeUndefined();
  });
});
