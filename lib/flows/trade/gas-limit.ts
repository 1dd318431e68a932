import type { GasLimit } from '../../core/chains.ts';

/** The reason that is given for leaving a trade whose gas costs more than its limit. */
export const GAS_TOO_DEAR = 'its gas would cost more than a fifth of its price now';

const WEI_PER_ETHER = 10n ** 18n;

/** Whether a trade at this price would pay more for its gas than the limit allows. Pure. */
export function isGasTooDear(priceAtomic: bigint, gasPriceWei: bigint, limit: GasLimit): boolean {
  const costTimesEther = gasPriceWei * limit.gasPerTrade * limit.atomicPerEther;
  return costTimesEther * limit.oneIn > priceAtomic * WEI_PER_ETHER;
}
