import { formatGwei } from 'viem';
import { chainRulesOf } from '../../core/chains.ts';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain } from './chain-client.ts';

/** What a transaction offers for a unit of gas, in wei: all in all, and to who puts it into a block. */
export interface GasFees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** What to offer, and what a unit of gas costs at this moment. */
interface AskedFees extends GasFees {
  readonly nowPerGas: bigint;
}

/** What can wait is sent up to this part of the ceiling only. */
const PATIENT_PART = 2n;
/** A base fee that grows by an eighth a block is paid for nine blocks. What is offered and not needed is not paid. */
const HEADROOM = 3n;

/** What the node says that a block asks for a unit of gas, and that one should add to be taken, in wei. */
export interface GasPrices {
  readonly base: bigint;
  readonly tip: bigint;
}

/** Asks the node. */
export async function readGasPrices(client: ChainClient): Promise<GasPrices> {
  const [block, tip] = await readingChain('the price of gas', () =>
    Promise.all([client.getBlock({ blockTag: 'latest' }), client.estimateMaxPriorityFeePerGas()]),
  );
  return { base: block.baseFeePerGas ?? 0n, tip };
}

/**
 * Says what to offer for gas.
 * @param isUrgent whether waiting loses money, as for a reveal: then all of the chain's ceiling may be used.
 * @throws SwarmError `market/gas-too-dear` above the ceiling.
 */
export function offerFees({ base, tip }: GasPrices, chainId: number, isUrgent: boolean): AskedFees {
  const ceiling = ceilingOf(chainId, isUrgent);
  const nowPerGas = base + tip;
  if (nowPerGas > ceiling) throw tooDear(`A unit of gas costs ${formatGwei(nowPerGas)} gwei`, ceiling);
  return { maxFeePerGas: lower(base * HEADROOM + tip, ceiling), maxPriorityFeePerGas: tip, nowPerGas };
}

/**
 * Lowers the headroom to what an account can hold ready for so much gas and still raise once it is stuck (`raiseFees`), but never
 * below what gas costs now.
 */
export function withinBalance({ nowPerGas, ...fees }: AskedFees, gas: bigint, balanceWei: bigint): GasFees {
  const held = (heldPerGas(gas, balanceWei) * 8n) / 9n;
  return { ...fees, maxFeePerGas: lower(fees.maxFeePerGas, higher(held, nowPerGas)) };
}

/**
 * The fees of a transaction that replaces another: twice the other's, and not below what is asked now, as far as the
 * account can hold that ready and all of the chain's ceiling allows it, for the other is in the way of everything. Nodes want
 * an eighth more at least, so no less is offered even where the account seems too poor.
 * @param balanceWei what the account has for this gas.
 * @throws SwarmError `market/gas-too-dear` where the ceiling leaves less than that.
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

/** What an account can offer for a unit of gas, in wei. A tenth is left for what a chain charges for the data. */
function heldPerGas(gas: bigint, balanceWei: bigint): bigint {
  return (balanceWei * 9n) / (gas * 10n);
}

/** An eighth more, rounded up; and more than nothing where there was nothing. */
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
    next: 'Nothing was sent. The next beat looks again; if it lasts, compare with a block explorer: the RPC may be wrong.',
  });
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
