import type { LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { address } from '../../../lib/core/ids.ts';
import type { VaultOperation } from '../../../lib/core/vault.ts';
import type { BuyerTradeNote } from '../../../lib/market/notes/buyer-trade-note.ts';
import { createMarketReader } from '../../../lib/market/notes/market-reader.ts';
import { offerKind, offerPath } from '../../../lib/market/notes/offer-note.ts';
import { tradePath } from '../../../lib/market/notes/trade-note.ts';
import { signIdentity } from '../../../lib/market/terms/identity.ts';
import { hashOffer, type Offer, signOffer } from '../../../lib/market/terms/offer.ts';
import { hashRequest, signRequest, type TradeRequest } from '../../../lib/market/terms/request.ts';
import { createSignatureCache } from '../../../lib/market/terms/signature-cache.ts';
import { encodeNote } from '../../../lib/vault/codec.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { chainOf, id32, manifestOf, meOf, NOW } from '../../support/snapshot.ts';
import {
  authorized,
  BUYER,
  BUYER_WALLET,
  buyerNote,
  chainTrade,
  DOMAIN,
  putBuyer,
  putSeller,
  putState,
  quoteFor,
  RECIPIENT,
  requestOf,
  SELLER,
  sellerNote,
} from '../../support/trade-notes.ts';

const passedOver: string[] = [];
const reader = createMarketReader({
  domain: DOMAIN,
  signatures: createSignatureCache(),
  daySeconds: 86_400,
  quoteBySeconds: 120,
  openedQuote: async () => undefined,
  maxGoodsBytes: 1000,
  log: (line: string) => void passedOver.push(line),
});
const seller = privateKeyToAccount(id32(0x5e11e7));
const stranger = privateKeyToAccount(id32(0xbad));
const walletOf = (account: LocalAccount) => address.parse(account.address);

async function putOffer(account: LocalAccount, owner: string, changes: Partial<Offer> = {}): Promise<VaultOperation> {
  const offer: Offer = {
    seller: walletOf(account),
    product: 'skill-profile',
    subject: 'person 1',
    title: 'Skills of person 1',
    priceAtomic: 50_000n,
    size: 2000,
    contentRoot: id32('root 1'),
    workHead: id32('head'),
    createdAt: NOW,
    salt: id32('salt'),
    ...changes,
  };
  const id = hashOffer(DOMAIN, offer);
  const text = encodeNote(offerKind, {
    ...offer,
    id,
    owner,
    signature: await signOffer(account, DOMAIN, offer),
    unitCount: 1,
    topics: [],
    contentDigest: id32('digest'),
    orderKey: id32('order'),
    inputs: [],
    work: [],
  });
  return { op: 'put', path: offerPath(owner, id), text };
}

const manifest = manifestOf(BUYER, {
  budget: { daily: '0.5', reserve: '0.1' },
  buys: [
    { product: 'skill-profile', maxPrice: '0.06' },
    { product: 'raw-logs', maxPrice: '0.012', unit: 'day' },
  ],
});

async function look(operations: readonly VaultOperation[], chain = chainOf({ usdcAtomic: 1_000_000n }), now = NOW) {
  const vault = memoryVault();
  vault.apply(operations);
  const { market } = await reader.readMarket({ me: meOf(manifest, BUYER_WALLET), now, vault: vault.index(), chain });
  return market;
}

async function proven(account: typeof seller, name: string): Promise<VaultOperation> {
  const wallet = walletOf(account);
  return putState(name, wallet, await signIdentity(account, DOMAIN, { name, wallet, deliveryRecipient: RECIPIENT }));
}

describe('the offers on the market', () => {
  it('are those that the wallet of their folder signed', async () => {
    const state = await proven(seller, SELLER);
    const good = await putOffer(seller, SELLER);
    expect((await look([state, good])).offers).toHaveLength(1);
    expect((await look([good])).offers).toEqual([]);
    expect((await look([state, await putOffer(stranger, SELLER)])).offers).toEqual([]);
    if (good.op !== 'put') throw new Error('not a put');
    const cheaper = good.text.replace(/price: .?50000.?/, 'price: "40000"').replaceAll('0.05', '0.04');
    expect(cheaper).not.toBe(good.text);
    expect((await look([state, { ...good, text: cheaper }])).offers).toEqual([]);
  });

  it('stay what they are when a stranger’s state claims to be somebody else’s', async () => {
    const proof = await signIdentity(seller, DOMAIN, {
      name: SELLER,
      wallet: walletOf(seller),
      deliveryRecipient: RECIPIENT,
    });
    // The stranger states the seller's wallet, with the seller's own proof, and shows the seller's offer as its own.
    const notes = [await proven(seller, SELLER), putState('kk-zorro', walletOf(seller), proof)];
    const vault = memoryVault();
    vault.apply(notes);
    expect([...(await reader.readDirectory(vault.index()))]).toEqual([[SELLER, walletOf(seller)]]);
    expect((await look([...notes, await putOffer(seller, 'kk-zorro')])).offers).toEqual([]);
    expect((await look([...notes, await putOffer(seller, SELLER)])).offers).toHaveLength(1);
  });
});

describe('what an agent may spend', () => {
  const request = putBuyer(buyerNote());
  const paid = putBuyer(buyerNote(authorized()));

  it('counts a request and an authorization until the escrow pulled it or the buyer wrote it off', async () => {
    const free = (await look([])).budget;
    expect(free).toMatchObject({ availableAtomic: 500_000n, endowmentAtomic: 900_000n });
    for (const note of [request, paid]) {
      expect((await look([note])).budget).toMatchObject({ committedAtomic: 50_000n, availableAtomic: 450_000n });
    }
    const later = chainOf({ usdcAtomic: 1_000_000n });
    expect((await look([paid], later, NOW + 920)).budget.committedAtomic).toBe(50_000n);
    const closed = { state: 'expired' as const, at: NOW + 920 };
    const writtenOff = putBuyer(buyerNote({ ...authorized(), closed }));
    expect((await look([writtenOff], later, NOW + 920)).budget.committedAtomic).toBe(0n);
  });

  it('is not raised by a seller that says it declined what is paid for', async () => {
    const liar = putSeller(sellerNote({ quote: undefined, declined: { reason: 'no' } }));
    expect((await look([paid, liar])).budget.committedAtomic).toBe(50_000n);
    expect((await look([request, liar])).budget.committedAtomic).toBe(0n);
  });

  it('counts what was opened today as spent, and what came back not', async () => {
    const spent = async (state: 'opened' | 'settled' | 'refunded', openedAt: number) =>
      (await look([paid], chainOf({}, [chainTrade(state, { openedAt })]))).budget;
    expect(await spent('opened', NOW)).toMatchObject({ spentAtomic: 50_000n, committedAtomic: 0n });
    expect(await spent('settled', NOW)).toMatchObject({ spentAtomic: 50_000n, availableAtomic: 450_000n });
    expect(await spent('refunded', NOW)).toMatchObject({ spentAtomic: 0n });
    expect(await spent('settled', NOW - 86_400)).toMatchObject({ spentAtomic: 0n });
  });

  it('takes a backlog from the endowment and not from the day', async () => {
    const backlog = putBuyer(buyerNote({ product: 'raw-logs', amountAtomic: 300_000n }));
    expect((await look([backlog])).budget).toMatchObject({ availableAtomic: 500_000n, endowmentAtomic: 600_000n });
  });

  it('never falls below zero', async () => {
    const budget = (await look([paid], chainOf({ usdcAtomic: 0n }))).budget;
    expect(budget).toMatchObject({ availableAtomic: 0n, endowmentAtomic: 0n });
  });
});

describe('the requests that an agent answers', () => {
  const buyerAccount = privateKeyToAccount(id32(0xb0b));
  const terms = requestOf({ buyer: walletOf(buyerAccount), seller: BUYER_WALLET });

  async function requestNote(changes: Partial<BuyerTradeNote>, of: Partial<TradeRequest> = {}, by = buyerAccount) {
    const asked = { ...terms, ...of };
    const signature = await signRequest({ ...by, address: asked.buyer }, DOMAIN, asked);
    const requestedAt = asked.createdAt;
    return buyerNote({
      id: hashRequest(DOMAIN, asked),
      owner: 'kk-bob',
      seller: BUYER,
      requestedAt,
      request: { ...asked, signature },
      ...changes,
    });
  }

  it.each<readonly [string, () => Promise<BuyerTradeNote>, string | undefined]>([
    ['nobody signed', () => requestNote({}, {}, stranger), 'it is not signed by its buyer'],
    ['has another id', () => requestNote({ id: id32(7) }), 'its id is not its hash'],
    ['is about another offer', () => requestNote({ offer: id32(2) }), 'name different offers'],
    ['claims to be older', () => requestNote({ requestedAt: NOW - 5 }), 'name different times'],
    [
      'would wait for ever',
      () => requestNote({}, { createdAt: 1, quoteBy: 0xff_ffff_ffff }),
      'deadline for a quote is too far away',
    ],
    ['waits a little too long', () => requestNote({}, { quoteBy: NOW + 241 }), 'deadline for a quote is too far away'],
    ['is of tomorrow', () => requestNote({}, { createdAt: NOW + 61, quoteBy: NOW + 181 }), undefined],
    ['is over', () => requestNote({}, { createdAt: NOW - 120, quoteBy: NOW }), undefined],
    ['goes to another wallet', () => requestNote({}, { seller: walletOf(seller) }), undefined],
    ['lies in a stranger’s folder', () => requestNote({ owner: 'kk-zorro' }), undefined],
  ])('are not one that %s, which is told of once', async (_, made, fault) => {
    const state = await proven(buyerAccount, 'kk-bob');
    const good = await requestNote({}, { salt: id32('good') });
    const bad = await made();
    passedOver.length = 0;
    const vault = memoryVault();
    vault.apply([state, putBuyer(bad), putBuyer(good)]);
    for (let beat = 0; beat < 3; beat += 1) {
      const senses = { me: meOf(manifest, BUYER_WALLET), now: NOW, vault: vault.index(), chain: chainOf() };
      const { requests } = (await reader.readMarket(senses)).market;
      expect([...requests]).toEqual([tradePath(good.owner, good.requestedAt, good.id)]);
    }
    expect(passedOver).toEqual(fault === undefined ? [] : [expect.stringContaining(fault)]);
  });
});

describe('the trades an agent remembers', () => {
  it('are about the content it noted itself, whatever the seller writes', async () => {
    const liar = putSeller(sellerNote({ quote: quoteFor({ contentRoot: id32('a rival’s content') }) }));
    const promised = { contentRoot: id32('root 1'), sizeBytes: 2000 };
    for (const note of [buyerNote(authorized()), buyerNote({ promised })]) {
      const [trade] = (await look([putBuyer(note), liar])).trades;
      expect(trade?.contentRoot).toBe(id32('root 1'));
    }
  });

  it('tell which were quoted and came to nothing, by what the buyer kept of them', async () => {
    const closed = { state: 'expired' as const, at: NOW };
    const undelivered = async (...operations: readonly VaultOperation[]) =>
      (await look(operations, chainOf(), NOW + 2000)).trades.map(({ isUndelivered }) => isUndelivered);
    expect(await undelivered(putBuyer(buyerNote({ quote: quoteFor(), closed })))).toEqual([true]);
    expect(await undelivered(putBuyer(buyerNote({ closed })), putSeller(sellerNote()))).toEqual([false]);
    expect(await undelivered(putBuyer(buyerNote({ ...authorized(), closed })))).toEqual([false]);
    const settled = buyerNote({ quote: quoteFor() });
    expect((await look([putBuyer(settled)], chainOf({}, [chainTrade('settled')]))).trades).toMatchObject([
      { state: 'settled', isUndelivered: false },
    ]);
  });
});
