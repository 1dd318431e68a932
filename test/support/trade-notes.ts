import { agentStateKind, agentStatePath } from '../../lib/core/agent-state.ts';
import type { ChainTrade, EscrowState } from '../../lib/core/chain.ts';
import type { VaultOperation } from '../../lib/core/vault.ts';
import { type BuyerTradeNote, buyerTradeKind } from '../../lib/market/notes/buyer-trade-note.ts';
import { type SellerTradeNote, sellerTradeKind } from '../../lib/market/notes/seller-trade-note.ts';
import { tradePath } from '../../lib/market/notes/trade-note.ts';
import type { Purchase, Sale } from '../../lib/market/notes/trade-pairs.ts';
import { marketDomain } from '../../lib/market/terms/domain.ts';
import { escrowKey, hashQuote, type SignedQuote } from '../../lib/market/terms/quote.ts';
import type { SignedRequest } from '../../lib/market/terms/request.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { addressOf, id32, NOW } from './snapshot.ts';

export const BUYER = 'kk-buyer';
export const SELLER = 'kk-seller';
export const BUYER_WALLET = addressOf(0xb);
export const SELLER_WALLET = addressOf(0x5);
export const TRADE_ID = id32('the trade');
export const DOMAIN = marketDomain(31337, addressOf(0xe5c));

/** In the form of a signature, and signed by nobody. */
export const SIGNATURE = `0x${'1'.repeat(128)}1b` as const;

export function requestOf(changes: Partial<SignedRequest> = {}): SignedRequest {
  return {
    offer: id32(1),
    buyer: BUYER_WALLET,
    seller: SELLER_WALLET,
    deliveryKey: `age1${'q'.repeat(58)}`,
    salt: id32('salt'),
    createdAt: NOW,
    quoteBy: NOW + 120,
    minDisputeWindow: 10,
    signature: SIGNATURE,
    ...changes,
  };
}

export function quoteFor(changes: Partial<SignedQuote> = {}): SignedQuote {
  return {
    tradeId: TRADE_ID,
    buyer: BUYER_WALLET,
    seller: SELLER_WALLET,
    token: addressOf(0x70c),
    amount: 50_000n,
    contentRoot: id32('root 1'),
    sealedRoot: id32('sealed'),
    keyHash: id32('key hash'),
    size: 2000,
    revealWindow: 20,
    disputeWindow: 10,
    expiry: NOW + 900,
    signature: SIGNATURE,
    ...changes,
  };
}

export function buyerNote(changes: Partial<BuyerTradeNote> = {}): BuyerTradeNote {
  return {
    id: TRADE_ID,
    owner: BUYER,
    seller: SELLER,
    product: 'skill-profile',
    offer: id32(1),
    subject: 'person 1',
    title: 'Skills of person 1',
    state: 'requested',
    amountAtomic: 50_000n,
    requestedAt: NOW,
    reason: 'wanted',
    request: requestOf(),
    ...changes,
  };
}

export function sellerNote(changes: Partial<SellerTradeNote> = {}): SellerTradeNote {
  return {
    id: TRADE_ID,
    owner: SELLER,
    buyer: BUYER,
    product: 'skill-profile',
    offer: id32(1),
    subject: 'person 1',
    state: 'quoted',
    amountAtomic: 50_000n,
    requestedAt: NOW,
    request: requestOf(),
    quote: quoteFor(),
    ...changes,
  };
}

/** What a buyer adds to its note when it pays. */
export function authorized(quote: SignedQuote = quoteFor()): Partial<BuyerTradeNote> {
  return {
    state: 'authorized',
    quote,
    authorization: { quoteHash: hashQuote(DOMAIN, quote), signature: SIGNATURE },
  };
}

/** What a buyer adds to its note when it has the goods. */
export function confirmedBy(quote: SignedQuote = quoteFor()): Partial<BuyerTradeNote> {
  const quoteHash = hashQuote(DOMAIN, quote);
  return {
    received: { at: NOW, contentRoot: quote.contentRoot, contentDigest: id32('digest 1'), sizeBytes: quote.size },
    confirmation: { tradeId: quote.tradeId, quoteHash, signature: SIGNATURE },
  };
}

export function chainTrade(state: EscrowState, changes: Partial<ChainTrade> = {}): ChainTrade {
  return {
    key: escrowKey(BUYER_WALLET, SELLER_WALLET, TRADE_ID),
    trade: TRADE_ID,
    buyer: BUYER_WALLET,
    seller: SELLER_WALLET,
    quoteHash: hashQuote(DOMAIN, quoteFor()),
    amountAtomic: 50_000n,
    state,
    deadline: NOW + 20,
    openedAt: NOW,
    openedBlock: 100n,
    confirmations: 1n,
    revealedKey: state === 'revealed' || state === 'settled' ? id32('K') : undefined,
    txs: {},
    ...changes,
  };
}

/** A trade by its buyer's note. */
export function aPurchase({
  buyer = buyerNote(),
  seller,
  chain,
}: Partial<Pick<Purchase, 'buyer' | 'seller' | 'chain'>> = {}): Purchase {
  const { id, owner, product, offer, subject, amountAtomic, requestedAt, request } = buyer;
  const terms = { buyer: owner, seller: buyer.seller, product, offer, subject, amountAtomic, requestedAt };
  return { side: 'buyer', id, terms, request, buyer, seller, chain };
}

/** A trade by its seller's note. */
export function aSale({
  buyer = buyerNote(),
  seller = sellerNote(),
  chain,
}: Partial<Pick<Sale, 'buyer' | 'seller' | 'chain'>> = {}): Sale {
  const { id, owner, product, offer, subject, amountAtomic, requestedAt, request } = seller;
  const terms = { buyer: seller.buyer, seller: owner, product, offer, subject, amountAtomic, requestedAt };
  return { side: 'seller', id, terms, request, buyer, seller, chain };
}

export function putBuyer(
  note: BuyerTradeNote,
  path = tradePath(note.owner, note.requestedAt, note.id),
): VaultOperation {
  return { op: 'put', path, text: encodeNote(buyerTradeKind, note) };
}

export function putSeller(note: SellerTradeNote): VaultOperation {
  return { op: 'put', path: tradePath(note.owner, note.requestedAt, note.id), text: encodeNote(sellerTradeKind, note) };
}

/** An age recipient that nobody has the key to. */
export const RECIPIENT = `age1${'q'.repeat(58)}`;

/** The state note of an agent with its wallet and the proof that it is its own. */
export function putState(owner: string, wallet: `0x${string}`, walletProof: `0x${string}` = '0x'): VaultOperation {
  const text = encodeNote(agentStateKind, {
    kind: 'agent-state',
    schema: 1,
    id: owner,
    owner,
    aliases: [],
    role: 'buyer',
    status: 'resting',
    heartbeatAt: '2026-11-20T19:13:04Z',
    beats: 1,
    errors: 0,
    task: '',
    reason: '',
    wallet,
    walletProof,
    nick: owner,
    deliveryRecipient: RECIPIENT,
    balance: '0.00',
    balanceAtomic: 0n,
    spentTodayAtomic: 0n,
    budgetAtomic: 0n,
    revenue: '0.00',
    revenueAtomic: 0n,
    ircState: 'none',
    saidToday: 0,
    heardToday: 0,
    revision: 'test',
  });
  return { op: 'put', path: agentStatePath(owner), text };
}
