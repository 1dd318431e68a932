import { createHash, hkdfSync } from 'node:crypto';
import { identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlinding } from '../../../lib/delivery/blinding.ts';
import { deriveDeliveryKey } from '../../../lib/delivery/delivery-key.ts';
import { toHex } from '../../../lib/delivery/hex.ts';
import { createExpand, extract, hkdf } from '../../../lib/delivery/hkdf.ts';
import { deriveSealKey, hashSealKey, type SealTerms } from '../../../lib/delivery/seal-key.ts';
import { buyerSeed, id, sellerSeed, unwrap, wrap } from '../../support/goods.ts';

const terms: SealTerms = {
  contentRoot: id(5),
  chainId: 8453,
  escrow: '0x1111111111111111111111111111111111111111',
  seller: '0x2222222222222222222222222222222222222222',
  buyer: '0x3333333333333333333333333333333333333333',
  trade: id(6),
};

describe('the key of a trade', () => {
  it('is HKDF-SHA256 of the seed over the content root and the terms', () => {
    const info = Buffer.concat([
      Buffer.from('kk/seal/1'),
      Buffer.from((8453).toString(16).padStart(64, '0'), 'hex'),
      Buffer.from('11'.repeat(20) + '22'.repeat(20) + '33'.repeat(20) + '06'.repeat(32), 'hex'),
    ]);
    const expected = Buffer.from(hkdfSync('sha256', sellerSeed, Buffer.alloc(32, 5), info, 32));
    expect(deriveSealKey(sellerSeed, terms)).toBe(toHex(expected));
  });

  it('differs for another seed, content, chain, escrow, party or trade', () => {
    const other = '0x4444444444444444444444444444444444444444';
    const keys = [
      deriveSealKey(sellerSeed, terms),
      deriveSealKey(buyerSeed, terms),
      deriveSealKey(sellerSeed, { ...terms, contentRoot: id(9) }),
      deriveSealKey(sellerSeed, { ...terms, chainId: 1 }),
      deriveSealKey(sellerSeed, { ...terms, escrow: other }),
      deriveSealKey(sellerSeed, { ...terms, seller: other }),
      deriveSealKey(sellerSeed, { ...terms, buyer: other }),
      deriveSealKey(sellerSeed, { ...terms, trade: id(9) }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(deriveSealKey(sellerSeed, { ...terms })).toBe(keys[0]);
  });

  it('is committed to by its SHA-256', () => {
    const key = deriveSealKey(sellerSeed, terms);
    const digest = createHash('sha256')
      .update(Buffer.from(key.slice(2), 'hex'))
      .digest('hex');
    expect(hashSealKey(key)).toBe(`0x${digest}`);
  });
});

describe('HKDF with the extraction done once', () => {
  it('is the HKDF of RFC 5869', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 32 }), (secret, salt, info, length) => {
        expect(createExpand(extract(secret, salt), length)(info)).toEqual(hkdf(secret, salt, info, length));
      }),
    );
  });

  it('blinds every chunk differently and the same way again', () => {
    const blinding = createBlinding(sellerSeed, id(1));
    const again = createBlinding(sellerSeed, id(1));
    const seen = new Set(Array.from({ length: 300 }, (_, index) => blinding(index).toString('hex')));
    expect(seen.size).toBe(300);
    expect(again(299)).toEqual(blinding(299));
    expect(blinding(0)).toHaveLength(16);
    expect(createBlinding(sellerSeed, id(2))(0)).not.toEqual(blinding(0));
    expect(createBlinding(buyerSeed, id(1))(0)).not.toEqual(blinding(0));
  });
});

describe('the delivery key of a request', () => {
  it('is an age key that receives what is sent to it, and is derived again the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (salt) => {
        const key = await deriveDeliveryKey(buyerSeed, toHex(salt));
        expect(key.identity).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/);
        expect(key.recipient).toBe(await identityToRecipient(key.identity));
        expect(await deriveDeliveryKey(buyerSeed, toHex(salt))).toEqual(key);
        const message = Buffer.from('for the buyer only');
        expect(await unwrap(await wrap(message, key.recipient), key.identity)).toEqual(message);
      }),
      { numRuns: 15 },
    );
  });

  it('does not open what was sent to another request', async () => {
    const mine = await deriveDeliveryKey(buyerSeed, id(1));
    const other = await deriveDeliveryKey(buyerSeed, id(2));
    await expect(
      wrap(Buffer.from('x'), mine.recipient).then((sealed) => unwrap(sealed, other.identity)),
    ).rejects.toThrow();
  });
});
