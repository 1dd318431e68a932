import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlinding } from '../../../lib/delivery/blinding.ts';
import { blindChunks } from '../../../lib/delivery/chunks.ts';
import { deriveDeliveryKey } from '../../../lib/delivery/delivery-key.ts';
import { describeGoods, readContent } from '../../../lib/delivery/describe.ts';
import { toHex } from '../../../lib/delivery/hex.ts';
import { createTree, hashChunks, pushAll } from '../../../lib/delivery/merkle.ts';
import { openSealed } from '../../../lib/delivery/open.ts';
import { createSealCipher } from '../../../lib/delivery/seal-cipher.ts';
import { sealedFiles } from '../../../lib/delivery/sealed-files.ts';
import { type ExpectedPackage, unpack } from '../../../lib/delivery/unpack.ts';
import {
  buyerSeed,
  bytesOf,
  collect,
  id,
  packageOf,
  prepareTrade,
  type SealedTrade,
  sellerSeed,
  temporaryFolder,
  wrap,
} from '../../support/goods.ts';

const BLOCK = 64 * (32 + 1024);

async function receive(trade: SealedTrade, plain: Uint8Array, expected: ExpectedPackage) {
  return receiveWrapped(trade, await wrap(plain, trade.delivery.recipient), expected);
}

async function receiveWrapped(trade: SealedTrade, wrapped: Uint8Array, expected: ExpectedPackage) {
  const packagePath = join(trade.dir, 'package.age');
  await writeFile(packagePath, wrapped);
  return unpack({ packagePath, identity: trade.delivery.identity, expected }, sealedFiles(trade.dir));
}

async function sold(sizeBytes: number, dir: string) {
  const trade = await prepareTrade(bytesOf(sizeBytes), dir);
  const { plain, sealedRoot } = await packageOf(trade);
  const expected = { sizeBytes, sealedRoot, contentRoot: trade.goods.contentRoot };
  return { trade, plain, expected, destPath: join(dir, 'opened.bin') };
}

describe('sealing and opening', () => {
  it('gives back the same bytes for any content', async () => {
    const dir = await temporaryFolder();
    const sizes = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 64_000, max: 300_000 }));
    await fc.assert(
      fc.asyncProperty(sizes, async (size) => {
        const { trade, plain, expected, destPath } = await sold(size, dir);
        expect(await receive(trade, plain, expected)).toBeUndefined();
        const result = await openSealed({ dir, key: trade.key, expected, destPath });
        expect(result).toEqual({
          status: 'opened',
          file: { path: destPath, digest: trade.goods.contentDigest, sizeBytes: size },
        });
        expect(trade.content.equals(await readFile(destPath))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('gives the same roots and sealed bytes again, and others for another seed', async () => {
    const dir = await temporaryFolder();
    const first = await sold(10_000, dir);
    const again = await sold(10_000, dir);
    expect(again.plain.equals(first.plain)).toBe(true);
    expect(again.expected).toEqual(first.expected);
    const otherSeed = await describeGoods(first.trade.path, buyerSeed);
    expect(otherSeed.contentDigest).toBe(first.trade.goods.contentDigest);
    expect(otherSeed.contentRoot).not.toBe(first.trade.goods.contentRoot);
  });

  it('keeps its roots from release to release', async () => {
    const { trade, expected } = await sold(5000, await temporaryFolder());
    expect({ ...trade.goods, sealedRoot: expected.sealedRoot, key: trade.key }).toMatchInlineSnapshot(`
      {
        "chunkCount": 5,
        "contentDigest": "0x5bcd6211ed96b61e5b243c7b900f08aee8506ef732ffb9ca2fd174beb75bd8fa",
        "contentRoot": "0x91b4a2f2ba9909c37770e7cb13acf680266ef9bf6a130b2071e3c134392da524",
        "key": "0x6a7f34aff94fcfdb36778fcfbf9d39bf74766f2e770fc34b1dda5143723b0f2a",
        "sealedRoot": "0xa9173681acd8d09394df94025ddeca46a21712f925618c875c8f7a20b62cedc7",
        "sizeBytes": 5000,
      }
    `);
  });

  it('shows nothing of the content in the package', async () => {
    const { trade, plain } = await sold(5000, await temporaryFolder());
    for (let at = 0; at + 16 <= trade.content.length; at += 16) {
      expect(plain.includes(trade.content.subarray(at, at + 16))).toBe(false);
    }
  });

  it('refuses to seal a file that is no longer what was offered', async () => {
    const { trade } = await sold(5000, await temporaryFolder());
    await writeFile(trade.path, bytesOf(5000, 1));
    await expect(packageOf(trade)).rejects.toMatchObject({ code: 'delivery/goods-changed', disposition: 'stop' });
  });

  it('refuses to describe an empty file', async () => {
    const path = join(await temporaryFolder(), 'empty');
    await writeFile(path, '');
    await expect(describeGoods(path, sellerSeed)).rejects.toMatchObject({ code: 'delivery/bad-size' });
  });
});

describe('receiving a package', () => {
  it('detects any flipped bit', async () => {
    const { trade, plain, expected } = await sold(3000, await temporaryFolder());
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length - 1), fc.nat(7), async (at, bit) => {
        const tampered = Buffer.from(plain);
        tampered.writeUInt8(tampered.readUInt8(at) ^ (1 << bit), at);
        expect(await receive(trade, tampered, expected)).toBeDefined();
      }),
      { numRuns: 60 },
    );
  });

  it('detects any flipped bit of the wrapped form', async () => {
    const { trade, plain, expected } = await sold(3000, await temporaryFolder());
    const wrapped = await wrap(plain, trade.delivery.recipient);
    await fc.assert(
      fc.asyncProperty(fc.nat(wrapped.length - 1), fc.nat(7), async (at, bit) => {
        const tampered = Buffer.from(wrapped);
        tampered.writeUInt8(tampered.readUInt8(at) ^ (1 << bit), at);
        expect(await receiveWrapped(trade, tampered, expected)).toBe('undecryptable');
      }),
      { numRuns: 60 },
    );
  });

  it('detects any truncation, of the package and of its wrapped form, and anything added', async () => {
    const { trade, plain, expected } = await sold(70_000, await temporaryFolder());
    const wrapped = await wrap(plain, trade.delivery.recipient);
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length - 1), async (length) => {
        expect(await receive(trade, plain.subarray(0, length), expected)).toBeDefined();
        expect(await receiveWrapped(trade, wrapped.subarray(0, length), expected)).toBe('undecryptable');
        expect(await receive(trade, Buffer.concat([plain, plain.subarray(0, length + 1)]), expected)).toBe(
          'wrong-size',
        );
      }),
      { numRuns: 25 },
    );
  });

  it('detects chunks in another order', async () => {
    const { trade, plain, expected } = await sold(3 * 64 * 1008, await temporaryFolder());
    const header = plain.subarray(0, 16);
    const block = (index: number) => plain.subarray(16 + index * BLOCK, 16 + (index + 1) * BLOCK);
    const [a, b, c] = [block(0), block(1), block(2)];
    expect(await receive(trade, Buffer.concat([header, a, b, c]), expected)).toBeUndefined();
    expect(await receive(trade, Buffer.concat([header, b, a, c]), expected)).toBe('sealed-root');
    expect(await receive(trade, Buffer.concat([header, a, c, b]), expected)).toBe('sealed-root');
  });

  it('names leaf hashes that are not those of the offer', async () => {
    const { trade, plain, expected } = await sold(3000, await temporaryFolder());
    const tampered = Buffer.from(plain);
    tampered.writeUInt8(tampered.readUInt8(20) ^ 1, 20);
    expect(await receive(trade, tampered, expected)).toBe('content-root');
  });

  it('refuses what was wrapped for someone else, and what is no age file at all', async () => {
    const { trade, plain, expected } = await sold(3000, await temporaryFolder());
    const other = await deriveDeliveryKey(sellerSeed, id(3));
    expect(await receiveWrapped(trade, await wrap(plain, other.recipient), expected)).toBe('undecryptable');
    for (const junk of [
      '',
      'age-encryption.org/v1\n',
      'x'.repeat(5000),
      `age-encryption.org/v1\n-> ${'a'.repeat(4000)}`,
    ]) {
      expect(await receiveWrapped(trade, Buffer.from(junk), expected)).toBe('undecryptable');
    }
  });
});

describe('opening', () => {
  it('names the first chunk that is not what the seller promised', async () => {
    const dir = await temporaryFolder();
    const { trade, expected, destPath } = await sold(200_000, dir);
    // A seller that publishes honest leaf hashes but seals other bytes in chunk 70 and after 100.
    const chunks = await honestChunks(trade);
    const leaves = hashChunks(chunks);
    for (const index of [70, 101, 150]) chunks.writeUInt8(chunks.readUInt8(index * 1024 + 500) ^ 1, index * 1024 + 500);
    const sealed = createSealCipher(trade.key)(chunks);
    await writeFile(sealedFiles(dir).sealedPath, sealed);
    await writeFile(sealedFiles(dir).leavesPath, leaves);
    const tree = createTree();
    pushAll(tree, hashChunks(sealed));
    const result = await openSealed({
      dir,
      key: trade.key,
      expected: { ...expected, sealedRoot: toHex(tree.root()) },
      destPath,
    });
    expect(result).toEqual({ status: 'wrong-chunk', index: 70 });
    await expect(readFile(destPath)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('names chunk 0 for a wrong key', async () => {
    const dir = await temporaryFolder();
    const { trade, plain, expected, destPath } = await sold(5000, dir);
    await receive(trade, plain, expected);
    const result = await openSealed({ dir, key: id(1), expected, destPath });
    expect(result).toEqual({ status: 'wrong-chunk', index: 0 });
  });

  it('tells damage on its own disk from a seller that cheats', async () => {
    for (const damage of ['sealedPath', 'leavesPath'] as const) {
      for (const how of ['flip', 'truncate'] as const) {
        const dir = await temporaryFolder();
        const { trade, plain, expected, destPath } = await sold(5000, dir);
        await receive(trade, plain, expected);
        const path = sealedFiles(dir)[damage];
        const bytes = await readFile(path);
        if (how === 'truncate') await truncate(path, bytes.length - 1);
        else {
          bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
          await writeFile(path, bytes);
        }
        await expect(openSealed({ dir, key: trade.key, expected, destPath }), `${damage} ${how}`).rejects.toMatchObject(
          {
            code: 'delivery/local-copy-damaged',
            disposition: 'retry',
          },
        );
        await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
      }
    }
  });
});

/** The blinded chunks of a trade's content, opened from its honest package. */
async function honestChunks(trade: SealedTrade): Promise<Buffer> {
  return collect(blindChunks(readContent(trade.path), createBlinding(sellerSeed, trade.goods.contentDigest)));
}
