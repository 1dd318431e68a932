import { type Address, decodeErrorResult, type Hex, parseEventLogs, type TransactionReceipt } from 'viem';
import type { TradeId } from '../../core/ids.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';
import { escrowKey, type Quote } from '../terms/quote.ts';

/** The result of one item of a batch. */
export type EscrowItem =
  | { readonly tradeId: TradeId; readonly ok: true }
  | { readonly tradeId: TradeId; readonly ok: false; readonly reason: string };

/** The result of a batch. `tx` is undefined if nothing was sent. */
export interface EscrowReceipt {
  readonly tx: Hex | undefined;
  readonly items: readonly EscrowItem[];
}

/** The event that shows that an item succeeded. */
export type EscrowEventName = 'Opened' | 'Revealed' | 'Settled' | 'Refunded';

const errors = [...escrowAbi, ...usdcAbi].filter((entry) => entry.type === 'error');

/** Reads from a receipt's events which items succeeded and why the others did not. */
export function readReceipt(
  receipt: TransactionReceipt,
  escrow: Address,
  quotes: readonly Quote[],
  done: EscrowEventName,
): EscrowReceipt {
  const tx = receipt.transactionHash;
  const logs = parseEventLogs({
    abi: escrowAbi,
    logs: receipt.logs.filter((log) => log.address.toLowerCase() === escrow.toLowerCase()),
  });
  const succeeded = new Set<Hex>();
  const skipped = new Map<Hex, Hex>();
  for (const log of logs) {
    if (log.eventName === done) succeeded.add(log.args.key);
    if (log.eventName === 'Skipped') skipped.set(log.args.key, log.args.reason);
  }
  const reverted = receipt.status === 'reverted' ? `transaction ${tx} reverted` : `transaction ${tx} skipped it`;
  const items = quotes.map(({ buyer, seller, tradeId }): EscrowItem => {
    const key = escrowKey(buyer, seller, tradeId);
    if (succeeded.has(key)) return { tradeId, ok: true };
    const reason = skipped.get(key);
    return { tradeId, ok: false, reason: reason === undefined ? reverted : describeError(reason) };
  });
  return { tx, items };
}

/** Whether an item failed because its trade is in another state than the call needs; mostly the call was already done. */
export function isInWrongState(item: EscrowItem): boolean {
  return !item.ok && item.reason.startsWith('WrongState(');
}

/** Describes a contract's error: its name without the contract's prefix, and its values. */
export function describeError(data: Hex): string {
  try {
    const { errorName, args } = decodeErrorResult({ abi: errors, data });
    const name = errorName.replace(/^[A-Za-z]+__/, '');
    const values = (args ?? []).map(String).join(', ').slice(0, 200);
    return values === '' ? name : `${name}(${values})`;
  } catch {
    return `an unknown error (${data.slice(0, 10)})`;
  }
}
