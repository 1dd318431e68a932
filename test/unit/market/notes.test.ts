import { describe, expect, it } from 'vitest';
import { buyerTradeKind } from '../../../lib/market/notes/buyer-trade-note.ts';
import { offerKind, offerPath } from '../../../lib/market/notes/offer-note.ts';
import { sellerTradeKind } from '../../../lib/market/notes/seller-trade-note.ts';
import { tradePath } from '../../../lib/market/notes/trade-note.ts';
import { treasuryKind, treasuryPath } from '../../../lib/market/notes/treasury-note.ts';

const id = `0x${'ab'.repeat(32)}` as const;
const account = `0x${'cd'.repeat(20)}` as const;
const signature = `0x${'11'.repeat(64)}1b` as const;
const MARCH = 1_773_000_000;

const offer = {
  id,
  owner: 'kk-karma-hello',
  seller: account,
  product: 'raw-logs',
  subject: '',
  title: 'Raw logs [[people]] <b>|',
  priceAtomic: 1_530_000n,
  size: 9_007_199_254_740_991,
  contentRoot: id,
  workHead: id,
  createdAt: MARCH,
  salt: id,
  signature,
  unitCount: 153,
  topics: ['rust', '`code`'],
  contentDigest: id,
  orderKey: id,
  inputs: [id],
  work: [
    {
      stage: 'ingest',
      version: '1',
      executor: 'in-process',
      inputs: [id],
      output: id,
      counts: { lines: 12 },
      durationMs: 5,
      exit: 'ok' as const,
      previous: id,
    },
  ],
};

const buying = {
  id,
  owner: 'kk-cyberpaisa',
  seller: 'kk-karma-hello',
  product: 'raw-logs',
  offer: id,
  subject: '',
  title: 'Raw logs',
  state: 'requested' as const,
  amountAtomic: 50_000n,
  requestedAt: MARCH,
  reason: 'it wants | logs',
  request: {
    offer: id,
    buyer: account,
    seller: account,
    deliveryKey: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
    salt: id,
    createdAt: MARCH,
    quoteBy: MARCH + 60,
    minDisputeWindow: 10,
    signature,
  },
};

const selling = {
  id,
  owner: 'kk-karma-hello',
  buyer: 'kk-cyberpaisa',
  product: 'raw-logs',
  offer: id,
  subject: '',
  state: 'revealed' as const,
  amountAtomic: 50_000n,
  requestedAt: MARCH,
  deadline: MARCH + 30,
  quote: {
    tradeId: id,
    buyer: account,
    seller: account,
    token: account,
    amount: 50_000n,
    contentRoot: id,
    sealedRoot: id,
    keyHash: id,
    size: 4_096,
    revealWindow: 20,
    disputeWindow: 10,
    expiry: MARCH + 3_600,
    signature,
  },
  delivery: {
    objectKey: `sealed/${id}`,
    url: '-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24=\n-----END AGE ENCRYPTED FILE-----\n',
    urlIssued: MARCH,
    urlExpires: MARCH + 600,
    sizeBytes: 5_000,
  },
  txs: { open: id, reveal: id },
  closed: { state: 'settled' as const, at: MARCH + 40, tx: id },
};

const movement = {
  id,
  owner: 'kk-treasury' as const,
  direction: 'top-up' as const,
  agent: 'kk-cyberpaisa',
  amountAtomic: 500_000n,
  day: 20_521,
  at: MARCH,
  block: 12,
};

/** What the codec does to front matter: nothing but JSON values survive. */
const stored = (front: unknown): unknown => JSON.parse(JSON.stringify(front));

describe('notes of the market', () => {
  it('read back from their front matter as they were written', () => {
    expect(offerKind.schema.parse(stored(offerKind.front(offer)))).toEqual(offer);
    expect(buyerTradeKind.schema.parse(stored(buyerTradeKind.front(buying)))).toEqual(buying);
    expect(sellerTradeKind.schema.parse(stored(sellerTradeKind.front(selling)))).toEqual(selling);
    expect(treasuryKind.schema.parse(stored(treasuryKind.front(movement)))).toEqual(movement);
  });

  it('stand where their kinds look for them, under the request’s month', () => {
    expect(offerPath('kk-karma-hello', id)).toMatch(offerKind.path);
    const path = tradePath('kk-cyberpaisa', MARCH, id);
    expect(path).toBe(`agents/kk-cyberpaisa/trades/2026-03/${id}.md`);
    expect(path).toMatch(buyerTradeKind.path);
    expect(path).toMatch(sellerTradeKind.path);
    expect(treasuryPath(MARCH, id)).toMatch(treasuryKind.path);
  });

  it('are refused when amounts are numbers, disagree, or when a field is unknown', () => {
    const front = stored(buyerTradeKind.front(buying)) as Record<string, unknown>;
    for (const bad of [
      { amountAtomic: 50_000 },
      { amountUsdc: '0.06' },
      { more: 1 },
      { schema: 2 },
      { kind: 'offer' },
    ]) {
      expect(buyerTradeKind.schema.safeParse({ ...front, ...bad }).success).toBe(false);
    }
  });

  it('take no presigned URL in the clear and no object key that leaves its place', () => {
    const front = stored(sellerTradeKind.front(selling)) as { delivery: Record<string, unknown> };
    for (const bad of [{ url: 'https://bucket/key?X-Amz-Signature=abc' }, { objectKey: 'a`b' }, { objectKey: '' }]) {
      const delivery = { ...front.delivery, ...bad };
      expect(sellerTradeKind.schema.safeParse({ ...front, delivery }).success).toBe(false);
    }
  });

  it('refuse titles that are too long or lie about their direction', () => {
    const front = stored(offerKind.front(offer)) as Record<string, unknown>;
    for (const title of ['', 'x'.repeat(81), 'é'.repeat(41), 'a\nb', 'a\u202eb', 'a\ud800b', 'a\u0000']) {
      expect(offerKind.schema.safeParse({ ...front, title }).success, JSON.stringify(title)).toBe(false);
    }
  });

  it('show strangers’ text without its markup', () => {
    const body = offerKind.body(offer);
    expect(body).not.toContain('[[people]]');
    expect(body).not.toContain('<b>');
    expect(body).toMatch(/\[\[[^\]]*kk-karma-hello[^\]]*\]\]/);
    expect(body).toContain('1.53 USDC');
    expect(buyerTradeKind.body(buying)).toContain('0.05 USDC');
    expect(sellerTradeKind.body(selling)).toMatch(/\[\[[^\]]*kk-cyberpaisa[^\]]*\]\]/);
  });
});
