/** How much of a trade's price its gas may take, where gas costs money. */
export interface GasLimit {
  /** What opening, revealing and paying out take together, in units of gas, with a margin for the data's fee. */
  readonly gasPerTrade: bigint;
  /** What one ether is taken to be worth, in atomic units of the token: rather too much than too little. */
  readonly atomicPerEther: bigint;
  /** The gas may cost at most one part in so many of the price. */
  readonly oneIn: bigint;
}

/** The reason that is given for leaving a trade whose gas costs more than its limit. */
export const GAS_TOO_DEAR = 'its gas would cost more than a fifth of its price now';

const WEI_PER_ETHER = 10n ** 18n;

/** Whether a trade at this price would pay more for its gas than the limit allows. Pure. */
export function isGasTooDear(priceAtomic: bigint, gasPriceWei: bigint, limit: GasLimit): boolean {
  const costTimesEther = gasPriceWei * limit.gasPerTrade * limit.atomicPerEther;
  return costTimesEther * limit.oneIn > priceAtomic * WEI_PER_ETHER;
}
