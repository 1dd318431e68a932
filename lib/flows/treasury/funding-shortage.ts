import { SwarmError } from '../../core/errors.ts';
import { formatUsdc, sumAtomic } from '../../core/money.ts';
import { formatEth } from '../../market/chain/transaction-cost.ts';
import type { FundingItem } from './funding-plan.ts';
import type { FundingState } from './funding-state.ts';

/** A plain transfer takes 21,000; an account with code (EIP-7702) may take a little more. */
export const TRANSFER_GAS = 40_000n;
/** The maximum gas of a transfer by authorization, which the treasury pays. */
const TOKEN_TRANSFER_GAS = 200_000n;

/** What the treasury lacks; zero if it has enough. */
export interface Shortage {
  /** For the transfers of now, including their gas. */
  readonly wei: bigint;
  readonly atomic: bigint;
  /** For all days of the plan. */
  readonly daysAtomic: bigint;
}

/** Compares the treasury's balance with the needs of a plan. Pure. */
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
 * Checks that the treasury has enough for all transfers of now, because nobody gets only a part.
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
