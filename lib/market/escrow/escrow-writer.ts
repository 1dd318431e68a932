import type { Address, Hex } from 'viem';
import type { TradeId } from '../../core/ids.ts';
import type { ChainClient } from '../chain/chain-client.ts';
import { createSerialQueue } from '../chain/serial-queue.ts';
import type { TransactionSender } from '../chain/transaction-sender.ts';
import type { Quote } from '../terms/quote.ts';
import {
  type Confirmed,
  encodeConfirmMany,
  encodeOpenAndReveal,
  encodeOpenMany,
  encodeRefundMany,
  encodeRevealMany,
  encodeSettleMany,
  type Opening,
  type Reveal,
} from './escrow-calls.ts';
import { countDoable, type ExitName, explainOpening } from './escrow-preflight.ts';
import { type EscrowEventName, type EscrowItem, type EscrowReceipt, readReceipt } from './escrow-receipt.ts';

export type { EscrowReceipt } from './escrow-receipt.ts';

/** The maximum number of items of one transaction, to stay under the gas limit of a transaction (EIP-7825: 16,777,216). */
export const MAX_BATCH = 50;

/** Gas limits, well above what is used. They are constant because an estimate would show the node a key too early. */
const GAS = { base: 100_000n, open: 250_000n, reveal: 60_000n, exit: 120_000n } as const;

/**
 * Calls the escrow for one account. Every function sends at most one transaction, waits for it, and reports each item by
 * the receipt's events. All throw what `TransactionSender.send` throws.
 */
export interface EscrowWriter {
  /** Opens trades; those whose simulation fails are not sent. */
  readonly openMany: (openings: readonly Opening[]) => Promise<EscrowReceipt>;
  /**
   * Opens and reveals in one transaction. Only the opening is simulated: the node must not see the key. A transaction that
   * reverts makes the key public, so each trade gets one such transaction; a second call only opens it.
   */
  readonly openAndReveal: (opening: Opening, key: Hex) => Promise<EscrowReceipt>;
  /** Publishes keys. Never simulated. */
  readonly revealMany: (reveals: readonly Reveal[]) => Promise<EscrowReceipt>;
  readonly confirmMany: (items: readonly Confirmed[]) => Promise<EscrowReceipt>;
  readonly settleMany: (quotes: readonly Quote[]) => Promise<EscrowReceipt>;
  readonly refundMany: (quotes: readonly Quote[]) => Promise<EscrowReceipt>;
  /** Replaces the account's stuck transaction with the same call at higher fees; undefined where none is stuck. */
  readonly replaceStuck: () => Promise<Hex | undefined>;
}

/** Creates the writer of a sender's account. Its calls run one after another, each with its own simulation. */
export function createEscrowWriter(options: {
  readonly client: ChainClient;
  readonly sender: TransactionSender;
  readonly escrow: Address;
}): EscrowWriter {
  const { client, sender, escrow } = options;
  const { account } = sender;
  /** Trades whose keys were sent in a transaction together with their opening, whatever its outcome. */
  const shown = new Set<TradeId>();
  const inTurn = createSerialQueue();

  async function send(quotes: readonly Quote[], done: EscrowEventName, data: Hex, itemGas: bigint, isUrgent = false) {
    const gas = GAS.base + itemGas * BigInt(quotes.length);
    const receipt = await sender.send({ to: escrow, data, gas, isUrgent });
    return readReceipt(receipt, escrow, quotes, done);
  }

  async function exit(name: ExitName, quotes: readonly Quote[], done: EscrowEventName, data: Hex) {
    if (quotes.length === 0) return NOTHING;
    const doable = await countDoable(client, escrow, account.address, name, data);
    // Mostly somebody else was faster, and nothing is left to pay out.
    if (doable === 0n) return { tx: undefined, items: failed(quotes, `${name} would skip it: check its state`) };
    return await send(quotes, done, data, GAS.exit);
  }

  async function openMany(all: readonly Opening[]): Promise<EscrowReceipt> {
    const [batch, later] = split(all);
    const reasons = await Promise.all(batch.map((opening) => explainOpening(client, escrow, account.address, opening)));
    const good = batch.filter((_, index) => reasons[index] === undefined);
    const bad = batch.flatMap(({ quote }, index) => failed([quote], reasons[index]));
    const rest = [...bad, ...deferred(later.map(({ quote }) => quote))];
    if (good.length === 0) return { tx: undefined, items: rest };
    const quotes = good.map(({ quote }) => quote);
    const { tx, items } = await send(quotes, 'Opened', encodeOpenMany(good), GAS.open);
    return { tx, items: [...items, ...rest] };
  }

  async function openAndReveal(opening: Opening, key: Hex): Promise<EscrowReceipt> {
    const { quote } = opening;
    if (shown.has(quote.tradeId)) return await openMany([opening]);
    const reason = await explainOpening(client, escrow, account.address, opening);
    if (reason !== undefined) return { tx: undefined, items: failed([quote], reason) };
    shown.add(quote.tradeId);
    return await send([quote], 'Revealed', encodeOpenAndReveal(opening, key), GAS.open + GAS.reveal);
  }

  return {
    openMany: (all) => inTurn(() => openMany(all)),
    openAndReveal: (opening, key) => inTurn(() => openAndReveal(opening, key)),
    revealMany: (all) =>
      inTurn(async () => {
        const [batch, later] = split(all);
        if (batch.length === 0) return NOTHING;
        const quotes = batch.map(({ quote }) => quote);
        const { tx, items } = await send(quotes, 'Revealed', encodeRevealMany(batch), GAS.reveal, true);
        return { tx, items: [...items, ...deferred(later.map(({ quote }) => quote))] };
      }),
    confirmMany: (all) =>
      inTurn(async () => {
        const [batch, later] = split([...all].sort((a, b) => compareText(a.quote.seller, b.quote.seller)));
        const quotes = batch.map(({ quote }) => quote);
        const { tx, items } = await exit('confirmMany', quotes, 'Settled', encodeConfirmMany(batch));
        return { tx, items: [...items, ...deferred(later.map(({ quote }) => quote))] };
      }),
    settleMany: (all) =>
      inTurn(async () => {
        const [batch, later] = split([...all].sort((a, b) => compareText(a.seller, b.seller)));
        const { tx, items } = await exit('settleMany', batch, 'Settled', encodeSettleMany(batch));
        return { tx, items: [...items, ...deferred(later)] };
      }),
    refundMany: (all) =>
      inTurn(async () => {
        const [batch, later] = split([...all].sort((a, b) => compareText(a.buyer, b.buyer)));
        const { tx, items } = await exit('refundMany', batch, 'Refunded', encodeRefundMany(batch));
        return { tx, items: [...items, ...deferred(later)] };
      }),
    replaceStuck: () => inTurn(sender.replaceStuck),
  };
}

const NOTHING: EscrowReceipt = { tx: undefined, items: [] };

function split<Item>(all: readonly Item[]): readonly [readonly Item[], readonly Item[]] {
  return [all.slice(0, MAX_BATCH), all.slice(MAX_BATCH)];
}

function deferred(quotes: readonly Quote[]): readonly EscrowItem[] {
  return failed(quotes, `waits for the next batch: one takes ${MAX_BATCH}`);
}

function failed(quotes: readonly Quote[], reason: string | undefined): readonly EscrowItem[] {
  return reason === undefined ? [] : quotes.map(({ tradeId }) => ({ tradeId, ok: false, reason }));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
