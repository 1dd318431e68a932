import type { GasLimit } from '../../core/chains.ts';

/** The reason for not opening a trade whose gas costs more than the limit. */
export const GAS_TOO_DEAR = 'its gas would cost more than a fifth of its price now';

const WEI_PER_ETHER = 10n ** 18n;

/** Whether the gas of a trade at this price would cost more than the limit allows. Pure. */
export function isGasTooDear(priceAtomic: bigint, gasPriceWei: bigint, limit: GasLimit): boolean {
  const costTimesEther = gasPriceWei * limit.gasPerTrade * limit.atomicPerEther;
  return costTimesEther * limit.oneIn > priceAtomic * WEI_PER_ETHER;
}
