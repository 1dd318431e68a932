import { SwarmError } from '../../core/errors.ts';
import { formatUsdc, sumAtomic } from '../../core/money.ts';
import { formatEth } from '../../market/chain/transaction-cost.ts';
import type { FundingItem } from './funding-plan.ts';
import type { FundingState } from './funding-state.ts';

/** A plain transfer takes 21,000; an account with code (EIP-7702) may take a little more. */
export const TRANSFER_GAS = 40_000n;
/** What a transfer by authorization takes at most, for the treasury's own gas. */
const TOKEN_TRANSFER_GAS = 200_000n;

/** What the treasury lacks, zero where it has enough. */
export interface Shortage {
  /** For what is sent now, with the gas for sending it. */
  readonly wei: bigint;
  readonly atomic: bigint;
  /** For all days of the plan. */
  readonly daysAtomic: bigint;
}

/** Compares what the treasury holds with what a plan takes. Pure. */
export function shortageOf({ treasury, feePerGasWei }: FundingState, items: readonly FundingItem[]): Shortage {
  const sends = items.filter(({ sendWei }) => sendWei > 0n).length;
  const hands = items.filter(({ sendAtomic }) => sendAtomic > 0n).length;
  const gasWei = (BigInt(sends) * TRANSFER_GAS + BigInt(hands) * TOKEN_TRANSFER_GAS) * feePerGasWei;
  const lacking = (needed: bigint, held: bigint): bigint => (needed > held ? needed - held : 0n);
  return {
    wei: sends + hands === 0 ? 0n : lacking(sumAtomic(items.map(({ sendWei }) => sendWei)) + gasWei, treasury.wei),
    atomic: lacking(sumAtomic(items.map(({ sendAtomic }) => sendAtomic)), treasury.usdcAtomic),
    daysAtomic: lacking(sumAtomic(items.map(({ needAtomic }) => needAtomic)), treasury.usdcAtomic),
  };
}

/**
 * Makes sure that the treasury has all that is sent now: nobody is given a part.
 * @throws SwarmError `fund/treasury-short`
 */
export function requireEnough(
  { state, shortage }: { readonly state: FundingState; readonly shortage: Shortage },
  chainName: string,
): void {
  const { wei, atomic } = shortage;
  if (wei === 0n && atomic === 0n) return;
  const lacks = [wei > 0n ? formatEth(wei) : '', atomic > 0n ? `${formatUsdc(atomic)} USDC` : ''].filter(Boolean);
  throw new SwarmError({
    code: 'fund/treasury-short',
    disposition: 'stop',
    message: `The treasury ${state.treasury.address} lacks ${lacks.join(' and ')} for this`,
    next: `Send it that much or more on ${chainName}${atomic > 0n ? ', or give gas only (--gas-only)' : ''}. Nothing was sent.`,
  });
}
