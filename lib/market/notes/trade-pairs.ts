import type { Hex } from 'viem';
import type { ChainTrade, ChainView } from '../../core/chain.ts';
import type { AgentName, OfferId, ProductName, TradeId } from '../../core/ids.ts';
import type { Note } from '../../core/note.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { escrowKey, type SignedQuote } from '../terms/quote.ts';
import type { SignedRequest } from '../terms/request.ts';
import { type BuyerTradeNote, buyerTradeKind } from './buyer-trade-note.ts';
import { type SellerTradeNote, sellerTradeKind } from './seller-trade-note.ts';
import { tradePath } from './trade-note.ts';

/** Who trades what with whom. */
export interface TradeTerms {
  readonly buyer: AgentName;
  readonly seller: AgentName;
  readonly product: ProductName;
  readonly offer: OfferId;
  readonly subject: string;
  readonly amountAtomic: bigint;
  readonly requestedAt: number;
}

/** A trade by its buyer's note. The seller's is absent until it answers. */
export interface Purchase {
  readonly side: 'buyer';
  readonly id: TradeId;
  readonly terms: TradeTerms;
  readonly request: SignedRequest;
  readonly buyer: BuyerTradeNote;
  readonly seller: SellerTradeNote | undefined;
  readonly chain: ChainTrade | undefined;
}

/** What a buyer did, by its note; not what it says that the trade is about. */
export type BuyerActs = Pick<
  BuyerTradeNote,
  'state' | 'quote' | 'authorization' | 'received' | 'fault' | 'confirmation' | 'closed'
>;

/** A trade by its seller's note: the terms are those that the seller kept, whatever the buyer wrote since. */
export interface Sale {
  readonly side: 'seller';
  readonly id: TradeId;
  readonly terms: TradeTerms;
  /** Absent where the seller kept none, because it declined, and the buyer deleted its note. */
  readonly request: SignedRequest | undefined;
  /** Absent where the buyer deleted its note. */
  readonly buyer: BuyerActs | undefined;
  readonly seller: SellerTradeNote;
  readonly chain: ChainTrade | undefined;
}

/** One trade: the notes of both sides as far as they exist, and what the chain says of it. */
export type Trade = Purchase | Sale;

/** What the chain says of a trade, as far as it could be seen. */
export type ChainLook = Pick<ChainView, 'trade'> | undefined;

/** The key of a trade in the escrow. */
export type KeyOfTrade = (request: SignedRequest, id: TradeId) => Hex;

/** Computes the key of a trade in the escrow. */
export function keyOfTrade(request: SignedRequest, id: TradeId): Hex {
  return escrowKey(request.buyer, request.seller, id);
}

/** Every trade in the vault that its buyer still has a note of. @param keyOf a remembering `keyOfTrade`, where there is one. */
export function allTrades(vault: VaultIndex, chain: ChainLook, keyOf: KeyOfTrade = keyOfTrade): readonly Purchase[] {
  return vault
    .notes(buyerTradeKind)
    .filter(isInItsPlace)
    .map(({ data }) => purchaseOf(data, vault, chain, keyOf));
}

/** Whether a note stands at the one path that its trade has in its owner's folder: a second copy is no second trade. */
export function isInItsPlace({ path, data }: Note<BuyerTradeNote | SellerTradeNote>): boolean {
  return path === tradePath(data.owner, data.requestedAt, data.id);
}

/** The quote of a trade, from the note of the side that has no reason to change it. */
export function quoteOf(trade: Trade): SignedQuote | undefined {
  const { buyer, seller } = trade;
  return trade.side === 'buyer' ? (buyer?.quote ?? seller?.quote) : (seller?.quote ?? buyer?.quote);
}

/** The trade that a buyer's note tells of. */
export function purchaseOf(buyer: BuyerTradeNote, vault: VaultIndex, chain: ChainLook, keyOf: KeyOfTrade): Purchase {
  const { id, owner, seller, product, offer, subject, amountAtomic, requestedAt, request } = buyer;
  return {
    side: 'buyer',
    id,
    terms: { buyer: owner, seller, product, offer, subject, amountAtomic, requestedAt },
    request,
    buyer,
    seller: vault.note(sellerTradeKind, tradePath(seller, requestedAt, id))?.data,
    chain: chain?.trade(keyOf(request, id)),
  };
}

/** The trade that a seller's note tells of. */
export function saleOf(seller: SellerTradeNote, vault: VaultIndex, chain: ChainLook, keyOf: KeyOfTrade): Sale {
  const { id, owner, product, offer, subject, amountAtomic, requestedAt } = seller;
  const buyer = vault.note(buyerTradeKind, tradePath(seller.buyer, requestedAt, id))?.data;
  const request = seller.request ?? buyer?.request;
  return {
    side: 'seller',
    id,
    terms: { buyer: seller.buyer, seller: owner, product, offer, subject, amountAtomic, requestedAt },
    request,
    buyer,
    seller,
    chain: request && chain?.trade(keyOf(request, id)),
  };
}
