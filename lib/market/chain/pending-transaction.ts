import type { Address, Hex } from 'viem';
import type { GasFees } from './gas-fees.ts';

/** A transaction that was not mined within this is stuck, in ms: about ninety blocks of two seconds. */
const STUCK_AFTER_MS = 180_000;

/** A call to be sent. `gas` is a limit that is chosen, not estimated: an estimate would show the call to the node. */
export interface Call {
  /** Absent for a deployment. */
  readonly to?: Address;
  readonly data: Hex;
  /** ETH to send, in wei; none if absent. */
  readonly valueWei?: bigint;
  readonly gas: bigint;
  /** Whether waiting for cheaper gas would lose money. */
  readonly isUrgent?: boolean;
}

/** The oldest transaction of an account that is not known to be mined. */
export interface PendingTransaction {
  readonly nonce: number;
  /** Its call; undefined for an unknown transaction, which this sender did not send. Mostly an earlier process sent it. */
  readonly call: Call | undefined;
  /** Fees that the node is known to have under this nonce, or to have refused as too low; undefined if nothing is known. */
  readonly fees: GasFees | undefined;
  /** When it was sent, or an unknown one was first seen, by `performance.now()`. */
  readonly sinceMs: number;
}

/** The number of an account's mined transactions, and the number including pending ones, as a node counts. */
export interface TransactionCounts {
  readonly mined: number;
  readonly pending: number;
}

/** What is pending of an account: nothing, a transaction that is not stuck, a stuck one of its own, or a stuck unknown one. */
export type PendingState = 'none' | 'waiting' | 'stuck' | 'unknown-stuck';

/** Updates what is known of an account's pending transaction by a node's counts. Pure. */
export function notePending(
  known: PendingTransaction | undefined,
  { mined, pending }: TransactionCounts,
  nowMs: number,
): PendingTransaction | undefined {
  // A transaction that is being sent may not be counted yet.
  if (pending <= mined) return known?.call === undefined ? undefined : known;
  if (known !== undefined && known.nonce >= mined) return known;
  return { nonce: mined, call: undefined, fees: undefined, sinceMs: nowMs };
}

/** Assesses an account's pending transaction. Pure. */
export function assessPending(
  known: PendingTransaction | undefined,
  { mined, pending }: TransactionCounts,
  nowMs: number,
): PendingState {
  if (pending <= mined) return 'none';
  // A lagging node may count fewer than were mined.
  if (known === undefined || known.nonce !== mined || !isStuck(known, nowMs)) return 'waiting';
  return known.call === undefined ? 'unknown-stuck' : 'stuck';
}

/** Whether a transaction has been pending for so long that it needs higher fees. */
export function isStuck({ sinceMs }: PendingTransaction, nowMs: number): boolean {
  return nowMs - sinceMs >= STUCK_AFTER_MS;
}
