import fc from 'fast-check';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { signAuthorization, verifyAuthorization } from '../../../lib/market/terms/authorization.ts';
import { signConfirmation, verifyConfirmation } from '../../../lib/market/terms/confirmation.ts';
import { marketDomain, usdcDomain } from '../../../lib/market/terms/domain.ts';
import { hashOffer, offerFields, signOffer, verifyOffer } from '../../../lib/market/terms/offer.ts';
import { hashQuote, quoteFields, signQuote, verifyQuote } from '../../../lib/market/terms/quote.ts';
import { hashRequest, requestFields, signRequest, verifyRequest } from '../../../lib/market/terms/request.ts';
import { compactSignature, signature } from '../../../lib/market/terms/signature.ts';
import { createSignatureCache } from '../../../lib/market/terms/signature-cache.ts';
import { testAccount } from '../../support/test-accounts.ts';

const seller = testAccount(1);
const buyer = testAccount(2);
const escrow = '0x00000000000000000000000000000000000e5c40';
const domain = marketDomain(31337, escrow);
const token = usdcDomain(31337, '0x0000000000000000000000000000000000000bbb');
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

const hex = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`);
const seconds = fc.integer({ min: 0, max: 2 ** 40 - 1 });
const window = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const size = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const amount = fc.bigInt({ min: 0n, max: 10n ** 18n });

const offer = fc.record({
  seller: fc.constant(lower(seller.address)),
  product: fc.constantFrom('raw-logs', 'soul'),
  subject: fc.string({ maxLength: 30 }).filter((text) => !/\p{C}/u.test(text)),
  title: fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/\p{C}/u.test(text)),
  priceAtomic: amount,
  size,
  contentRoot: hex,
  workHead: hex,
  createdAt: seconds,
  salt: hex,
});
const request = fc.record({
  offer: hex,
  buyer: fc.constant(lower(buyer.address)),
  seller: fc.constant(lower(seller.address)),
  deliveryKey: fc.constant(RECIPIENT),
  salt: hex,
  createdAt: seconds,
  quoteBy: seconds,
  minDisputeWindow: window,
});
const quote = fc.record({
  tradeId: hex,
  buyer: fc.constant(lower(buyer.address)),
  seller: fc.constant(lower(seller.address)),
  token: fc.constant(token.verifyingContract),
  amount,
  contentRoot: hex,
  sealedRoot: hex,
  keyHash: hex,
  size,
  revealWindow: window,
  disputeWindow: window,
  expiry: seconds,
});

describe('typed data', () => {
  it('verifies what its signer signed, read back from its form on disk', async () => {
    await fc.assert(
      fc.asyncProperty(offer, request, quote, async (anOffer, aRequest, aQuote) => {
        const cache = createSignatureCache();
        const { price, ...onDisk } = offerFields.parse({ ...anOffer, price: anOffer.priceAtomic.toString() });
        const readOffer = { ...onDisk, priceAtomic: price };
        const readQuote = quoteFields.parse({ ...aQuote, amount: aQuote.amount.toString() });
        const readRequest = requestFields.parse(aRequest);
        expect(hashOffer(domain, readOffer)).toBe(hashOffer(domain, anOffer));
        const offered = { ...readOffer, signature: signature.parse(await signOffer(seller, domain, anOffer)) };
        const requested = { ...readRequest, signature: signature.parse(await signRequest(buyer, domain, aRequest)) };
        const quoted = { ...readQuote, signature: signature.parse(await signQuote(seller, domain, aQuote)) };
        expect(await verifyOffer(cache, domain, offered)).toBe(true);
        expect(await verifyRequest(cache, domain, requested)).toBe(true);
        expect(await verifyQuote(cache, domain, quoted)).toBe(true);
        const otherChain = marketDomain(8453, escrow);
        expect(await verifyOffer(cache, otherChain, offered)).toBe(false);
        expect(await verifyRequest(cache, otherChain, requested)).toBe(false);
        expect(await verifyQuote(cache, otherChain, quoted)).toBe(false);

        const quoteHash = hashQuote(domain, aQuote);
        const payment = { quoteHash, signature: await signAuthorization(buyer, token, aQuote, quoteHash, escrow) };
        expect(await verifyAuthorization(cache, token, aQuote, quoteHash, escrow, payment)).toBe(true);
        expect(await verifyAuthorization(cache, token, aQuote, hashRequest(domain, aRequest), escrow, payment)).toBe(
          false,
        );
        const word = { tradeId: aQuote.tradeId, quoteHash };
        const confirmed = { ...word, signature: await signConfirmation(buyer, domain, buyer.address, word) };
        expect(await verifyConfirmation(cache, domain, buyer.address, confirmed)).toBe(true);
        expect(await verifyConfirmation(cache, domain, seller.address, confirmed)).toBe(false);
      }),
      { numRuns: 15 },
    );
  });

  it('does not verify when any signed field is another', async () => {
    await fc.assert(
      fc.asyncProperty(quote, quote, fc.constantFrom(...Object.keys(quoteFields.shape)), async (one, two, field) => {
        const changed = { ...one, [field]: two[field as keyof typeof two] };
        fc.pre(hashQuote(domain, changed) !== hashQuote(domain, one));
        const sig = await signQuote(seller, domain, one);
        expect(await verifyQuote(createSignatureCache(), domain, { ...changed, signature: sig })).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it('recovers a signature once, however often and in however many copies it is checked', async () => {
    const cache = createSignatureCache();
    const [one] = fc.sample(offer, 1);
    if (one === undefined) throw new Error('no sample');
    const signed = { ...one, signature: await signOffer(seller, domain, one) };
    const checks = Array.from({ length: 24 }, (_, index) =>
      verifyOffer(cache, domain, index % 2 === 0 ? signed : { ...signed }),
    );
    expect(new Set(await Promise.all(checks))).toEqual(new Set([true]));
    expect(cache.recoveries()).toBe(1);
  });

  it('takes a signature in one form only', async () => {
    const [one] = fc.sample(offer, 1);
    if (one === undefined) throw new Error('no sample');
    const good = await signOffer(seller, domain, one);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const highS = (order - BigInt(`0x${good.slice(66, 130)}`)).toString(16).padStart(64, '0');
    const twin: Hex = `0x${good.slice(2, 66)}${highS}${good.endsWith('1b') ? '1c' : '1b'}`;
    const short: Hex = `0x${good.slice(2, 130)}`;
    const parity: Hex = `0x${good.slice(2, 130)}${good.endsWith('1b') ? '00' : '01'}`;
    const upper = `0x${good.slice(2).toUpperCase()}` as Hex;
    for (const bad of [twin, short, parity, upper, `${good}00` as Hex, '0x' as Hex]) {
      expect(signature.safeParse(bad).success).toBe(false);
      expect(await verifyOffer(createSignatureCache(), domain, { ...one, signature: bad })).toBe(false);
    }
    const { r, vs } = compactSignature(good);
    expect(r).toBe(good.slice(0, 66));
    expect(BigInt(vs) >> 255n).toBe(good.endsWith('1c') ? 1n : 0n);
  });

  it('signs for nobody else', async () => {
    const [one] = fc.sample(offer, 1);
    if (one === undefined) throw new Error('no sample');
    await expect(signOffer(buyer, domain, one)).rejects.toMatchObject({ code: 'market/wrong-signer' });
  });
});

function lower(address: `0x${string}`): `0x${string}` {
  return address.toLowerCase() as `0x${string}`;
}
