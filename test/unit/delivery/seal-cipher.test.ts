import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealCipher } from '../../../lib/delivery/seal-cipher.ts';
import { bytesOf } from '../../support/goods.ts';

const ZERO_KEY = `0x${'00'.repeat(32)}` as const;

describe('the sealing cipher', () => {
  it('gives the key streams of RFC 8439 appendix A.1, test vectors 1 and 2', () => {
    const stream = createSealCipher(ZERO_KEY)(Buffer.alloc(128)).toString('hex');
    expect(stream).toBe(
      '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7' +
        'da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586' +
        '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed' +
        '29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
    );
  });

  it('gives the key stream of RFC 8439 appendix A.1, test vector 3, in its second block', () => {
    const key = `0x${'00'.repeat(31)}01` as const;
    const stream = createSealCipher(key)(Buffer.alloc(128)).subarray(64).toString('hex');
    expect(stream).toBe(
      '3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a' +
        '8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0',
    );
  });

  it('starts chunk i at block 16·i, so that one chunk can be opened by itself', () => {
    const bytes = bytesOf(5 * 1024 + 77);
    const sealed = createSealCipher(ZERO_KEY)(bytes);
    for (let index = 0; index < 6; index += 1) {
      const iv = Buffer.alloc(16);
      iv.writeUInt32LE(16 * index);
      const alone = createCipheriv('chacha20', Buffer.alloc(32), iv).update(
        sealed.subarray(index * 1024, (index + 1) * 1024),
      );
      expect(alone).toEqual(bytes.subarray(index * 1024, (index + 1) * 1024));
    }
  });

  it('seals the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), fc.array(fc.nat(4000), { maxLength: 6 }), (bytes, cuts) => {
        const cipher = createSealCipher(ZERO_KEY);
        const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((edge, index) => cipher(bytes.subarray(edges[index], edge)));
        expect(Buffer.concat(pieces)).toEqual(createSealCipher(ZERO_KEY)(bytes));
      }),
    );
  });
});
