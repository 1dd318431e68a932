import { formatGwei } from 'viem';
import { chainRulesOf } from '../../core/chains.ts';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain } from './chain-client.ts';

/** The fees of a transaction for a unit of gas, in wei: the maximum in total, and the priority fee (EIP-1559). */
export interface GasFees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** The fees to offer, and the current price of a unit of gas. */
interface AskedFees extends GasFees {
  readonly nowPerGas: bigint;
}

/** A transaction that isn't urgent is only sent up to this part of the ceiling. */
const PATIENT_PART = 2n;
/** Headroom for a base fee that grows by an eighth a block for nine blocks. Only the actual base fee is paid. */
const HEADROOM = 3n;

/** The base fee and the suggested priority fee for a unit of gas, in wei, by the node. */
export interface GasPrices {
  readonly base: bigint;
  readonly tip: bigint;
}

/** Reads the gas prices from the node. */
export async function readGasPrices(client: ChainClient): Promise<GasPrices> {
  const [block, tip] = await readingChain('the price of gas', () =>
    Promise.all([client.getBlock({ blockTag: 'latest' }), client.estimateMaxPriorityFeePerGas()]),
  );
  return { base: block.baseFeePerGas ?? 0n, tip };
}

/**
 * Computes the fees to offer.
 * @param isUrgent whether waiting would lose money, as for a reveal: then the whole ceiling of the chain may be used.
 * @throws SwarmError `market/gas-too-dear` above the ceiling.
 */
export function offerFees({ base, tip }: GasPrices, chainId: number, isUrgent: boolean): AskedFees {
  const ceiling = ceilingOf(chainId, isUrgent);
  const nowPerGas = base + tip;
  if (nowPerGas > ceiling) throw tooDear(`A unit of gas costs ${formatGwei(nowPerGas)} gwei`, ceiling);
  return { maxFeePerGas: lower(base * HEADROOM + tip, ceiling), maxPriorityFeePerGas: tip, nowPerGas };
}

/**
 * Lowers the headroom of the fees so that the account can pay them and still raise them once (`raiseFees`), but never below
 * the current price.
 */
export function withinBalance({ nowPerGas, ...fees }: AskedFees, gas: bigint, balanceWei: bigint): GasFees {
  const held = (heldPerGas(gas, balanceWei) * 8n) / 9n;
  return { ...fees, maxFeePerGas: lower(fees.maxFeePerGas, higher(held, nowPerGas)) };
}

/**
 * Computes the fees of a transaction that replaces a stuck one: twice its fees and at least the current price, limited by
 * the account's balance and the chain's ceiling. Nodes demand at least an eighth more, so no less is offered even if the
 * balance seems too low.
 * @param balanceWei what the account can spend on this gas.
 * @throws SwarmError `market/gas-too-dear` if the ceiling doesn't allow an eighth more.
 */
export function raiseFees(before: GasFees, now: GasFees, chainId: number, gas: bigint, balanceWei: bigint): GasFees {
  const ceiling = ceilingOf(chainId, true);
  const least = eighthMore(before.maxFeePerGas);
  const leastTip = eighthMore(before.maxPriorityFeePerGas);
  if (least > ceiling)
    throw tooDear(`A stuck transaction already offers ${formatGwei(before.maxFeePerGas)} gwei`, ceiling);
  const wished = lower(higher(before.maxFeePerGas * 2n, now.maxFeePerGas), ceiling);
  const maxFeePerGas = higher(lower(wished, heldPerGas(gas, balanceWei)), least);
  const wishedTip = higher(before.maxPriorityFeePerGas * 2n, now.maxPriorityFeePerGas);
  return { maxFeePerGas, maxPriorityFeePerGas: lower(higher(wishedTip, leastTip), maxFeePerGas) };
}

/** The most that an account can offer for a unit of gas, in wei. A tenth is left for the data fee. */
function heldPerGas(gas: bigint, balanceWei: bigint): bigint {
  return (balanceWei * 9n) / (gas * 10n);
}

/** An eighth more, rounded up, and at least 1. */
function eighthMore(wei: bigint): bigint {
  return higher((wei * 9n + 7n) / 8n, 1n);
}

function ceilingOf(chainId: number, isUrgent: boolean): bigint {
  const { maxGasPriceWei } = chainRulesOf(chainId);
  return isUrgent ? maxGasPriceWei : maxGasPriceWei / PATIENT_PART;
}

function tooDear(what: string, ceilingWei: bigint): SwarmError {
  return new SwarmError({
    code: 'market/gas-too-dear',
    disposition: 'wait',
    message: `${what}; the limit is ${formatGwei(ceilingWei)} gwei`,
    next: 'Nothing was sent. The next beat tries again; if it lasts, compare with a block explorer: the RPC may be wrong.',
  });
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
