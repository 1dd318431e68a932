import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlinding } from '../../../lib/delivery/blinding.ts';
import { chunkCountOf, MAX_CHUNKS, sealedBytesOf } from '../../../lib/delivery/chunk-layout.ts';
import { blindChunks, regroup, stripBlinding } from '../../../lib/delivery/chunks.ts';
import { maxUploadBytesOf, packageBytesOf } from '../../../lib/delivery/package-format.ts';
import { bytesOf, id, packageOf, prepareTrade, sellerSeed, temporaryFolder, wrap } from '../../support/goods.ts';

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes);
}

describe('chunking', () => {
  it('puts 16 bytes of blinding before every 1,008 bytes of content, and takes them off again', async () => {
    const blinding = createBlinding(sellerSeed, id(1));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 1, max: 70_000 }), async (size, cut) => {
        const content = bytesOf(size);
        const blocks: Buffer[] = [];
        for await (const block of blindChunks(inPieces(content, cut), blinding)) blocks.push(block);
        const chunks = Buffer.concat(blocks);
        expect(chunks).toHaveLength(sealedBytesOf(size));
        const last = chunkCountOf(size) - 1;
        expect(chunks.subarray(last * 1024, last * 1024 + 16)).toEqual(blinding(last));
        expect(chunks.subarray(last * 1024 + 16).equals(content.subarray(last * 1008))).toBe(true);
        expect(Buffer.concat(blocks.map(stripBlinding)).equals(content)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('regroups any stream into pieces of one size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 90 }),
        async (bytes, cut, size) => {
          const pieces: Buffer[] = [];
          for await (const piece of regroup(inPieces(bytes, cut), size)) pieces.push(piece);
          expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
          expect(pieces.slice(0, -1).every((piece) => piece.length === size)).toBe(true);
          expect(pieces.every((piece) => piece.length > 0)).toBe(true);
        },
      ),
    );
  });

  it('refuses goods that are empty, not a whole number of bytes, or past the cipher counter', () => {
    const tooMany = MAX_CHUNKS * 1008 + 1;
    for (const size of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, tooMany]) {
      expect(() => chunkCountOf(size), String(size)).toThrow(expect.objectContaining({ code: 'delivery/bad-size' }));
    }
    expect(chunkCountOf(MAX_CHUNKS * 1008)).toBe(MAX_CHUNKS);
  });
});

describe('the size of a package', () => {
  it('is known from the size of the goods, and its upload stays within the limit by less than the header allowance', async () => {
    const dir = await temporaryFolder();
    for (const size of [1, 1007, 1008, 1009, 64 * 1008, 64 * 1008 + 1, 300_000]) {
      const trade = await prepareTrade(bytesOf(size), dir);
      const { plain } = await packageOf(trade);
      expect(plain).toHaveLength(packageBytesOf(size));
      const wrapped = await wrap(plain, trade.delivery.recipient);
      expect(wrapped.length).toBeLessThanOrEqual(maxUploadBytesOf(size));
      expect(maxUploadBytesOf(size) - wrapped.length).toBeLessThan(1024);
    }
  });
});
