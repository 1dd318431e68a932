import type { ChainView } from '../core/chain.ts';
import type { ReadableKind } from '../core/note.ts';
import { type Clock, formatIso } from '../core/time.ts';
import type { VaultIndex } from '../core/vault.ts';
import type { EscrowBook } from '../market/escrow/escrow-book.ts';
import { buyerTradeKind } from '../market/notes/buyer-trade-note.ts';
import { type SellerTradeNote, sellerTradeKind } from '../market/notes/seller-trade-note.ts';
import { allTrades, type Purchase } from '../market/notes/trade-pairs.ts';
import { tradeState } from '../market/notes/trade-state.ts';
import { escrowKey } from '../market/terms/quote.ts';

/** The kinds of notes that trades are read from. */
export const TRADE_KINDS: readonly ReadableKind<unknown>[] = [buyerTradeKind, sellerTradeKind];

/** One trade as `swarm-ops trades` lists it. Amounts in atomic units as strings, times in ISO 8601. */
export interface TradeItem {
  readonly id: string;
  readonly offer: string;
  readonly buyer: string;
  readonly seller: string;
  readonly product: string;
  readonly amountAtomic: string;
  readonly state: string;
  readonly openedAt: string | null;
  readonly deadline: string | null;
  readonly txs: Readonly<Record<string, string>>;
}

/**
 * Lists the trades of which the buyer has a note, newest last.
 * @param look the other arguments of {@link tradeItem}.
 */
export function listTrades(
  vault: VaultIndex,
  {
    chain,
    clock,
    kept,
  }: { readonly chain: ChainView | undefined; readonly clock: Clock; readonly kept: EscrowBook['trades'] },
): readonly TradeItem[] {
  const now = chain?.blockTime ?? clock();
  return [...allTrades(vault, chain)]
    .sort((a, b) => a.buyer.requestedAt - b.buyer.requestedAt || (a.id < b.id ? -1 : 1))
    .map((pair) => tradeItem(pair, now, chain !== undefined, kept));
}

/**
 * Describes a trade. `now` is block time when the chain was read.
 * @param kept the escrow's record of the trade when it was last read. Used for what happened, not for the current state:
 * notes may be newer.
 */
export function tradeItem(
  pair: Purchase,
  now: number,
  chainSeen: boolean,
  kept: EscrowBook['trades'] = new Map(),
): TradeItem {
  const { buyer, seller, chain } = pair;
  const seen = chain ?? kept.get(escrowKey(buyer.request.buyer, buyer.request.seller, pair.id));
  const deadline = chain?.deadline ?? buyer.deadline ?? seller?.deadline;
  const txs = present(chain?.txs ?? { ...statedTxs(seller), ...seen?.txs });
  return {
    id: pair.id,
    offer: buyer.offer,
    buyer: buyer.owner,
    seller: buyer.seller,
    product: buyer.product,
    amountAtomic: buyer.amountAtomic.toString(),
    state: tradeState(pair, now, chainSeen),
    openedAt: seen === undefined ? null : formatIso(seen.openedAt),
    deadline: deadline === undefined ? null : formatIso(deadline),
    txs,
  };
}

/** The transactions in a seller's note, by the state on chain that each led to. */
function statedTxs(seller: SellerTradeNote | undefined): Readonly<Record<string, string | undefined>> {
  const { open, reveal, settle, refund } = seller?.txs ?? {};
  return { opened: open, revealed: reveal, settled: settle, refunded: refund };
}

function present(txs: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(txs).flatMap(([name, tx]) => (tx === undefined ? [] : [[name, tx]])));
}
