import type { Address, Hex } from 'viem';
import type { GasFees } from './gas-fees.ts';

/** A transaction that was not mined within this is stuck, in ms: some ninety blocks of two seconds. */
const STUCK_AFTER_MS = 180_000;

/** A call to be sent. `gas` is a limit that is chosen, not estimated: an estimate would show the call to the node. */
export interface Call {
  /** Absent for a deployment. */
  readonly to?: Address;
  readonly data: Hex;
  /** ETH that goes along; none if absent. */
  readonly valueWei?: bigint;
  readonly gas: bigint;
  /** Whether waiting for cheaper gas loses money. */
  readonly isUrgent?: boolean;
}

/** The oldest transaction of an account that was not seen mined. */
export interface PendingTransaction {
  readonly nonce: number;
  /** What it does; undefined for an unknown transaction, which its sender did not send: mostly a process did that has ended. */
  readonly call: Call | undefined;
  /** What the node is known to have under this nonce, or to find too little for it; undefined where nothing is known. */
  readonly fees: GasFees | undefined;
  /** When it was sent, or an unknown one was first seen, by `performance.now()`. */
  readonly sinceMs: number;
}

/** How many transactions of an account a node has mined, and how many it has with those that wait. */
export interface TransactionCounts {
  readonly mined: number;
  readonly pending: number;
}

/** Whether an account may send: nothing is pending; a transaction may be mined any moment; its own is stuck; an unknown one is. */
export type PendingState = 'none' | 'waiting' | 'stuck' | 'unknown-stuck';

/** Says what is to be remembered of an account's pending transaction once a node has counted. Pure. */
export function notePending(
  known: PendingTransaction | undefined,
  { mined, pending }: TransactionCounts,
  nowMs: number,
): PendingTransaction | undefined {
  // What is sent at this moment may not be counted yet.
  if (pending <= mined) return known?.call === undefined ? undefined : known;
  if (known !== undefined && known.nonce >= mined) return known;
  return { nonce: mined, call: undefined, fees: undefined, sinceMs: nowMs };
}

/** Judges an account's pending transaction. Pure. */
export function assessPending(
  known: PendingTransaction | undefined,
  { mined, pending }: TransactionCounts,
  nowMs: number,
): PendingState {
  if (pending <= mined) return 'none';
  // A node that lags counts fewer than were mined.
  if (known === undefined || known.nonce !== mined || !isStuck(known, nowMs)) return 'waiting';
  return known.call === undefined ? 'unknown-stuck' : 'stuck';
}

/** Whether a transaction has been pending for so long that it needs higher fees. */
export function isStuck({ sinceMs }: PendingTransaction, nowMs: number): boolean {
  return nowMs - sinceMs >= STUCK_AFTER_MS;
}
