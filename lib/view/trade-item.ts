import type { Hex } from 'viem';
import type { ChainTrade, ChainView } from '../core/chain.ts';
import type { ReadableKind } from '../core/note.ts';
import { type Clock, formatIso } from '../core/time.ts';
import type { VaultIndex } from '../core/vault.ts';
import type { EscrowBook } from '../market/escrow/escrow-book.ts';
import { archivedTradesKind } from '../market/notes/archived-trade.ts';
import { buyerTradeKind } from '../market/notes/buyer-trade-note.ts';
import { sellerTradeKind } from '../market/notes/seller-trade-note.ts';
import { allRecords, type TradeRecord } from '../market/notes/trade-record.ts';
import { escrowKey } from '../market/terms/quote.ts';

/** The kinds of notes that trades are read from. */
export const TRADE_KINDS: readonly ReadableKind<unknown>[] = [buyerTradeKind, sellerTradeKind, archivedTradesKind];

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

/** Looks up what the escrow recorded of a trade under a key; undefined where that isn't known. */
type LookUp = (key: Hex) => Pick<ChainTrade, 'openedAt' | 'txs'> | undefined;

/**
 * Lists the trades of which the buyer has or had a note, newest last.
 * @param kept the escrow's records when it was last read, for when the chain can't be read now. Used for what happened, not for
 * the current state: notes may be newer.
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
  return [...allRecords(vault, { chain, now })]
    .sort((a, b) => a.terms.requestedAt - b.terms.requestedAt || (a.id < b.id ? -1 : 1))
    .map((record) => tradeItem(record, chain === undefined ? (key) => kept.get(key) : chain.trade));
}

/** Describes a trade. @param lookUp finds what its notes, or the index of the archive, don't say. */
export function tradeItem(record: TradeRecord, lookUp: LookUp = () => undefined): TradeItem {
  const { id, terms, wallets, escrow, deadline } = record;
  const seen = wallets && lookUp(escrowKey(wallets.buyer, wallets.seller, id));
  const openedAt = escrow?.openedAt ?? seen?.openedAt;
  return {
    id,
    offer: terms.offer,
    buyer: terms.buyer,
    seller: terms.seller,
    product: terms.product,
    amountAtomic: terms.amountAtomic.toString(),
    state: record.state,
    openedAt: openedAt === undefined ? null : formatIso(openedAt),
    deadline: deadline === undefined ? null : formatIso(deadline),
    txs: present({ ...record.txs, ...seen?.txs }),
  };
}

function present(txs: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(txs).flatMap(([name, tx]) => (tx === undefined ? [] : [[name, tx]])));
}
