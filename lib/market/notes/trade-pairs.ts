import type { Hex } from 'viem';
import type { ChainTrade, ChainView } from '../../core/chain.ts';
import type { AgentName, TradeId } from '../../core/ids.ts';
import type { Note } from '../../core/note.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { escrowKey, type SignedQuote } from '../terms/quote.ts';
import type { SignedRequest } from '../terms/request.ts';
import { type BuyerTradeNote, buyerTradeKind } from './buyer-trade-note.ts';
import { type SellerTradeNote, sellerTradeKind } from './seller-trade-note.ts';
import { tradePath } from './trade-note.ts';

/**
 * One trade: the notes of both sides as far as they exist, and what the chain says of it. `buyer` is the buyer's note;
 * in a sale that the seller has answered, its terms are those that the seller kept, whatever the buyer wrote since.
 */
export interface TradePair {
  readonly id: TradeId;
  readonly buyer: BuyerTradeNote;
  readonly seller: SellerTradeNote | undefined;
  readonly chain: ChainTrade | undefined;
}

type ChainLook = Pick<ChainView, 'trade'> | undefined;

/** The trades that an agent buys in. */
export function tradesBought(vault: VaultIndex, chain: ChainLook, name: AgentName): readonly TradePair[] {
  return vault
    .notes(buyerTradeKind, name)
    .filter(isInItsPlace)
    .map((note) => pairOfRequest(vault, chain, note.data));
}

/**
 * The trades that an agent sells in: its own notes first, so that a buyer that deletes or rewrites its note changes
 * nothing once it has a quote, then the requests that name the agent and have no answer yet.
 */
export function tradesSold(vault: VaultIndex, chain: ChainLook, name: AgentName): readonly TradePair[] {
  const answered = vault
    .notes(sellerTradeKind, name)
    .filter(isInItsPlace)
    .map(({ data }) => pairOfSale(vault, chain, data));
  const ids = new Set(answered.map((pair) => pair.id));
  const fresh = (requestsBySeller(vault).get(name) ?? []).filter(({ data }) => !ids.has(data.id));
  return [...answered, ...fresh.map(({ data }) => pairOfRequest(vault, chain, data))];
}

/** Every trade in the vault that its buyer still has a note of. */
export function allTrades(vault: VaultIndex, chain: ChainLook): readonly TradePair[] {
  return vault
    .notes(buyerTradeKind)
    .filter(isInItsPlace)
    .map(({ data }) => pairOfRequest(vault, chain, data));
}

/** Whether a note stands at the one path that its trade has in its owner's folder: a second copy is no second trade. */
function isInItsPlace({ path, data }: Note<BuyerTradeNote | SellerTradeNote>): boolean {
  return path === tradePath(data.owner, data.requestedAt, data.id);
}

/** The quote of a trade, from the note of the side that has no reason to change it. */
export function quoteOf(pair: TradePair, side: 'buyer' | 'seller'): SignedQuote | undefined {
  return side === 'buyer' ? (pair.buyer.quote ?? pair.seller?.quote) : (pair.seller?.quote ?? pair.buyer.quote);
}

function pairOfRequest(vault: VaultIndex, chain: ChainLook, buyer: BuyerTradeNote): TradePair {
  const { id, seller, requestedAt } = buyer;
  return {
    id,
    buyer,
    seller: vault.note(sellerTradeKind, tradePath(seller, requestedAt, id))?.data,
    chain: chain?.trade(keyOf(buyer.request, id)),
  };
}

function pairOfSale(vault: VaultIndex, chain: ChainLook, seller: SellerTradeNote): TradePair {
  const { id, request } = seller;
  const written = vault.note(buyerTradeKind, tradePath(seller.buyer, seller.requestedAt, id))?.data;
  const own = standIn(seller);
  const buyer: BuyerTradeNote =
    written === undefined
      ? own
      : {
          ...written,
          seller: own.seller,
          product: own.product,
          offer: own.offer,
          subject: own.subject,
          amountAtomic: own.amountAtomic,
          request: request ?? written.request,
        };
  return { id, buyer, seller, chain: chain?.trade(keyOf(buyer.request, id)) };
}

/** What a seller's own note tells of the buyer's side. */
function standIn(seller: SellerTradeNote): BuyerTradeNote {
  return {
    id: seller.id,
    owner: seller.buyer,
    seller: seller.owner,
    product: seller.product,
    offer: seller.offer,
    subject: seller.subject,
    title: seller.product,
    state: seller.state,
    amountAtomic: seller.amountAtomic,
    requestedAt: seller.requestedAt,
    reason: '',
    request: seller.request ?? unknownRequest(seller),
  };
}

/** A declined request whose note the buyer deleted: nothing was ever signed by the seller, nothing can follow. */
function unknownRequest(seller: SellerTradeNote): SignedRequest {
  return {
    offer: seller.offer,
    buyer: NOBODY,
    seller: NOBODY,
    deliveryKey: '',
    salt: seller.offer,
    createdAt: seller.requestedAt,
    quoteBy: seller.requestedAt,
    minDisputeWindow: 0,
    signature: '0x',
  };
}

const NOBODY = '0x0000000000000000000000000000000000000000';
const keys = new Map<string, Hex>();
const MOST_KEYS = 100_000;

/** The escrow's key of a trade, remembered: it is asked for at every beat of both sides. */
function keyOf(request: SignedRequest, id: TradeId): Hex {
  const name = `${request.buyer} ${request.seller} ${id}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  const oldest = keys.size >= MOST_KEYS ? keys.keys().next().value : undefined;
  if (oldest !== undefined) keys.delete(oldest);
  const key = escrowKey(request.buyer, request.seller, id);
  keys.set(name, key);
  return key;
}

const requests = new WeakMap<VaultIndex, ReadonlyMap<AgentName, readonly Note<BuyerTradeNote>[]>>();

/** The requests of everyone by the seller they name, grouped once a head for all agents of a host. */
function requestsBySeller(vault: VaultIndex): ReadonlyMap<AgentName, readonly Note<BuyerTradeNote>[]> {
  const known = requests.get(vault);
  if (known !== undefined) return known;
  const groups = new Map<AgentName, Note<BuyerTradeNote>[]>();
  for (const note of vault.notes(buyerTradeKind)) {
    if (!isInItsPlace(note)) continue;
    const group = groups.get(note.data.seller);
    if (group === undefined) groups.set(note.data.seller, [note]);
    else group.push(note);
  }
  requests.set(vault, groups);
  return groups;
}
