import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChainView } from '../../core/chain.ts';
import { isOpenState, type TradeFact } from '../../core/facts.ts';
import type { AgentName } from '../../core/ids.ts';
import type { Note } from '../../core/note.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { type ArchivedTrades, createArchiveReader } from '../notes/archive-reader.ts';
import type { ArchivedTrade } from '../notes/archived-trade.ts';
import { type ArchivedTransfer, archivedTransfersKind, transferRecord } from '../notes/archived-transfers.ts';
import { type BuyerTradeNote, buyerTradeKind } from '../notes/buyer-trade-note.ts';
import { purchaseFact, saleFact } from '../notes/market-facts.ts';
import { type SellerTradeNote, sellerTradeKind } from '../notes/seller-trade-note.ts';
import { isAtItsPath, keyOfTrade, type Purchase, purchaseOf, type Sale, saleOf } from '../notes/trade-pairs.ts';
import { treasuryKind } from '../notes/treasury-note.ts';
import { type ArchiveTimes, isOwn, mayMove, type Wallets } from './archive-rules.ts';

/** What of a vault moves to the archive. */
export interface ArchivePlan {
  readonly trades: readonly ArchivedTrade[];
  readonly transfers: readonly ArchivedTransfer[];
  /** The notes that move. */
  readonly moved: readonly Pick<Note<unknown>, 'path' | 'digest'>[];
  /** Notes of trades and transfers that were archived before: they came late, or somebody put them back. */
  readonly late: readonly Pick<Note<unknown>, 'path' | 'digest'>[];
}

/**
 * How many trades that were never opened are archived of one owner at once. They cost nothing to make, so that without a bound a
 * liar would fill the index; the others stay in its folder and count for its bounds.
 */
export const MOST_UNPAID_OF_AN_OWNER = 500;

/**
 * Plans what moves to the archive by the notes and the chain. Changes nothing, and yields to the event loop. What it leaves is looked
 * at again in the next period: open trades, notes of trades of others, what a side still has to close.
 */
export async function planArchive(
  vault: VaultIndex,
  chain: Pick<ChainView, 'trade'>,
  wallets: Wallets,
  times: ArchiveTimes,
): Promise<ArchivePlan> {
  const archived = createArchiveReader()(vault);
  const moved: Note<unknown>[] = [];
  const trades: ArchivedTrade[] = [];
  const unpaid = new Map<AgentName, number>();

  /** Whether the notes of a trade may move by the bound on trades that cost nothing. */
  const isWithinBound = (trade: Purchase | Sale): boolean => {
    if (trade.chain !== undefined) return true;
    const owner = trade.terms[trade.side];
    const count = (unpaid.get(owner) ?? 0) + 1;
    if (count <= MOST_UNPAID_OF_AN_OWNER) unpaid.set(owner, count);
    return count <= MOST_UNPAID_OF_AN_OWNER;
  };

  const { purchases, sales, late } = await readPairs(vault, chain, archived, times.until);
  for (const { note, trade } of purchases.values()) {
    if (!mayMove(trade, times) || !isOwn(trade, wallets)) continue;
    const sale = sales.get(keyOf('seller', trade.terms.seller, trade.id));
    // Both sides' notes move together: one that stays would look like a trade without the other.
    const isWithSale = sale !== undefined && isOwn(sale.trade, wallets);
    if (isWithSale && !mayMove(sale.trade, times)) continue;
    if (!isWithinBound(trade)) continue;
    moved.push(note);
    if (isWithSale) {
      moved.push(sale.note);
      sales.delete(keyOf('seller', trade.terms.seller, trade.id));
      trades.push(...recordsOfPair(trade, sale.trade, times.now));
    } else trades.push(recordOfPurchase(trade, times.now));
  }
  for (const { note, trade } of sales.values()) {
    // With a buyer's note that stays, so does the seller's.
    const buyers = purchases.get(keyOf('buyer', trade.terms.buyer, trade.id));
    const isAlone = buyers === undefined || !isOwn(buyers.trade, wallets);
    if (!isAlone || !mayMove(trade, times) || !isOwn(trade, wallets) || !isWithinBound(trade)) continue;
    moved.push(note);
    trades.push(recordOfSale(trade, times.now));
  }

  const entered = new Set(vault.notes(archivedTransfersKind).flatMap(({ data }) => data.transfers.map(({ id }) => id)));
  const transfers = vault.notes(treasuryKind).filter(({ data }) => data.at < times.until);
  const fresh = transfers.filter(({ data }) => !entered.has(data.id));
  return {
    trades,
    transfers: fresh.map(({ data }) => transferRecord(data)),
    moved: [...moved, ...fresh],
    late: [...late, ...transfers.filter(({ data }) => entered.has(data.id))],
  };
}

/** Notes that are looked at before the loop has a turn: each takes a tenth of a millisecond. */
const LOOKED_AT_ONCE = 50;

interface Found<Trade> {
  readonly note: Note<unknown>;
  readonly trade: Trade;
}

async function readPairs(
  vault: VaultIndex,
  chain: Pick<ChainView, 'trade'>,
  archived: ArchivedTrades,
  until: number,
): Promise<{
  readonly purchases: ReadonlyMap<string, Found<Purchase>>;
  readonly sales: Map<string, Found<Sale>>;
  readonly late: readonly Note<unknown>[];
}> {
  const purchases = new Map<string, Found<Purchase>>();
  const sales = new Map<string, Found<Sale>>();
  const late: Note<unknown>[] = [];
  let looked = 0;
  /** The key of a note that is to be looked at; undefined for one that isn't. */
  const take = async (
    side: TradeFact['side'],
    note: Note<BuyerTradeNote | SellerTradeNote>,
  ): Promise<string | undefined> => {
    const { owner, id, requestedAt } = note.data;
    if (requestedAt >= until || !isAtItsPath(note)) return undefined;
    looked += 1;
    if (looked % LOOKED_AT_ONCE === 0) await nextTurn();
    if (!archived.has(side, owner, id)) return keyOf(side, owner, id);
    late.push(note);
    return undefined;
  };
  for (const note of vault.notes(buyerTradeKind)) {
    const key = await take('buyer', note);
    if (key !== undefined) purchases.set(key, { note, trade: purchaseOf(note.data, vault, chain, keyOfTrade) });
  }
  for (const note of vault.notes(sellerTradeKind)) {
    const key = await take('seller', note);
    if (key !== undefined) sales.set(key, { note, trade: saleOf(note.data, vault, chain, keyOfTrade) });
  }
  return { purchases, sales, late };
}

function keyOf(side: TradeFact['side'], owner: string, id: string): string {
  return `${side} ${owner} ${id}`;
}

/** One record where both sides' notes say the same, else one for each. */
function recordsOfPair(purchase: Purchase, sale: Sale, now: number): readonly ArchivedTrade[] {
  const [buyers, sellers] = [recordOfPurchase(purchase, now), recordOfSale(sale, now)];
  const { received: _received, isUndelivered: _isUndelivered, ...common } = { ...buyers, of: sellers.of };
  return JSON.stringify(common, textOfAmount) === JSON.stringify(sellers, textOfAmount)
    ? [{ ...buyers, of: 'both' }]
    : [buyers, sellers];
}

function textOfAmount(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function recordOfPurchase(purchase: Purchase, now: number): ArchivedTrade {
  const { received, confirmation } = purchase.buyer;
  const fact = purchaseFact(purchase, now, true);
  return {
    ...recordOf(purchase, fact),
    of: 'buyer',
    ...(received === undefined
      ? {}
      : {
          received: {
            contentDigest: received.contentDigest,
            sizeBytes: received.sizeBytes,
            isConfirmed: confirmation !== undefined,
          },
        }),
    ...(fact.isUndelivered ? { isUndelivered: true } : {}),
  };
}

function recordOfSale(sale: Sale, now: number): ArchivedTrade {
  return { ...recordOf(sale, saleFact(sale, now, true)), of: 'seller' };
}

/** The fields that both sides' records have, in one order. */
function recordOf({ id, terms, request, chain }: Purchase | Sale, fact: TradeFact): ArchivedTrade {
  const { buyer, seller, product, offer, subject, amountAtomic, requestedAt } = terms;
  const { contentRoot } = fact;
  return {
    id,
    of: fact.side,
    buyer,
    seller,
    ...(request === undefined ? {} : { wallets: { buyer: request.buyer, seller: request.seller } }),
    product,
    offer,
    subject,
    amountAtomic,
    requestedAt,
    // A side that left an authorization behind never said so: nobody can use it any more.
    state: isOpenState(fact.state) ? 'expired' : fact.state,
    ...(contentRoot === undefined ? {} : { contentRoot }),
    ...(chain === undefined
      ? {}
      : {
          escrow: {
            amountAtomic: chain.amountAtomic,
            openedAt: chain.openedAt,
            deadline: chain.deadline,
            ...(chain.txs[chain.state] === undefined ? {} : { tx: chain.txs[chain.state] }),
          },
        }),
  };
}
