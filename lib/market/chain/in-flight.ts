import type { Address, Hex } from 'viem';
import type { ChainClient } from './chain-client.ts';
import type { GasFees } from './gas-fees.ts';

/** A transaction that was not mined within this hangs, in ms: some hundred blocks of Base. */
const HANGS_AFTER_MS = 180_000;

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
export interface Unmined {
  readonly nonce: number;
  /** What it does; undefined for a stray, which this process did not send: mostly one did that has ended. */
  readonly call: Call | undefined;
  /** What the node is known to have under this number, or to find too little for it; undefined where nothing is known. */
  readonly fees: GasFees | undefined;
  /** When it was sent, or a stray was first seen, by `performance.now()`. */
  readonly since: number;
}

/** What is in an account's way: nothing, what may be mined any moment, its own call that hangs, a stray that hangs. */
type Flight = 'none' | 'waits' | 'hangs' | 'stray';

/** By client and account. Each account has one transaction on its way at most. */
const unmined = new WeakMap<ChainClient, Map<string, Unmined>>();

/** Gives what is known of an account's transaction. */
export function unminedOf(client: ChainClient, address: Address): Unmined | undefined {
  return ofClient(client).get(keyOf(address));
}

export function rememberUnmined(client: ChainClient, address: Address, transaction: Unmined | undefined): void {
  if (transaction === undefined) ofClient(client).delete(keyOf(address));
  else ofClient(client).set(keyOf(address), transaction);
}

/** Whether a transaction hangs. */
export function isOld({ since }: Unmined, afterMs = HANGS_AFTER_MS): boolean {
  return performance.now() - since >= afterMs;
}

/**
 * Says what is in an account's way, and remembers when a stray was first seen.
 * @param counts how many transactions of the account the node has mined, and how many it has with those that wait.
 */
export function noteFlight(
  client: ChainClient,
  address: Address,
  { mined, pending }: { readonly mined: number; readonly pending: number },
): Flight {
  const known = unminedOf(client, address);
  if (pending <= mined) {
    // What this process sends at this moment may not be counted yet.
    if (known?.call === undefined) rememberUnmined(client, address, undefined);
    return 'none';
  }
  if (known === undefined || known.nonce < mined) {
    const stray = { nonce: mined, call: undefined, fees: undefined, since: performance.now() };
    rememberUnmined(client, address, stray);
    return 'waits';
  }
  // A node that lags counts fewer than were mined.
  if (known.nonce > mined || !isOld(known)) return 'waits';
  return known.call === undefined ? 'stray' : 'hangs';
}

function ofClient(client: ChainClient): Map<string, Unmined> {
  const known = unmined.get(client) ?? new Map<string, Unmined>();
  unmined.set(client, known);
  return known;
}

function keyOf(address: Address): string {
  return address.toLowerCase();
}
