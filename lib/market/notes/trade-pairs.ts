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

/** The parties, goods and amount of a trade. */
export interface TradeTerms {
  readonly buyer: AgentName;
  readonly seller: AgentName;
  readonly product: ProductName;
  readonly offer: OfferId;
  readonly subject: string;
  readonly amountAtomic: bigint;
  readonly requestedAt: number;
}

/** A trade read from its buyer's note. The seller's note is absent until it answers. */
export interface Purchase {
  readonly side: 'buyer';
  readonly id: TradeId;
  readonly terms: TradeTerms;
  readonly request: SignedRequest;
  readonly buyer: BuyerTradeNote;
  readonly seller: SellerTradeNote | undefined;
  readonly chain: ChainTrade | undefined;
}

/** The buyer's actions, from its note; without the terms that the note states. */
export type BuyerActions = Pick<
  BuyerTradeNote,
  'state' | 'quote' | 'authorization' | 'received' | 'fault' | 'confirmation' | 'closed'
>;

/** A trade read from its seller's note. The terms are those that the seller kept, even if the buyer changed its note later. */
export interface Sale {
  readonly side: 'seller';
  readonly id: TradeId;
  readonly terms: TradeTerms;
  /** Absent if the seller declined, so kept no request, and the buyer deleted its note. */
  readonly request: SignedRequest | undefined;
  /** Absent if the buyer deleted its note. */
  readonly buyer: BuyerActions | undefined;
  readonly seller: SellerTradeNote;
  readonly chain: ChainTrade | undefined;
}

/** One trade: the existing notes of both sides, and its record on chain. */
export type Trade = Purchase | Sale;

/** Looks trades up on chain; undefined if the chain could not be read. */
export type ChainLookup = Pick<ChainView, 'trade'> | undefined;

/** The key of a trade in the escrow. */
export type KeyOfTrade = (request: SignedRequest, id: TradeId) => Hex;

/** Computes the key of a trade in the escrow. */
export function keyOfTrade(request: SignedRequest, id: TradeId): Hex {
  return escrowKey(request.buyer, request.seller, id);
}

/** All trades in the vault that have a buyer's note. @param keyOf a caching `keyOfTrade`, if there is one. */
export function allTrades(vault: VaultIndex, chain: ChainLookup, keyOf: KeyOfTrade = keyOfTrade): readonly Purchase[] {
  return vault
    .notes(buyerTradeKind)
    .filter(isAtItsPath)
    .map(({ data }) => purchaseOf(data, vault, chain, keyOf));
}

/** Whether a note is at the path of its trade in its owner's folder, so that a copy elsewhere doesn't count as a second trade. */
export function isAtItsPath({ path, data }: Note<BuyerTradeNote | SellerTradeNote>): boolean {
  return path === tradePath(data.owner, data.requestedAt, data.id);
}

/** The quote of a trade, from the note of the side that has no interest in changing it. */
export function quoteOf(trade: Trade): SignedQuote | undefined {
  const { buyer, seller } = trade;
  return trade.side === 'buyer' ? (buyer?.quote ?? seller?.quote) : (seller?.quote ?? buyer?.quote);
}

/** The trade of a buyer's note. */
export function purchaseOf(buyer: BuyerTradeNote, vault: VaultIndex, chain: ChainLookup, keyOf: KeyOfTrade): Purchase {
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

/** The trade of a seller's note. */
export function saleOf(seller: SellerTradeNote, vault: VaultIndex, chain: ChainLookup, keyOf: KeyOfTrade): Sale {
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
