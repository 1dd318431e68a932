import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blindingFrom, blindingKeyOf } from '../../../lib/delivery/blinding.ts';
import { deriveDeliveryKey } from '../../../lib/delivery/delivery-key.ts';
import { describeGoods, rootOf } from '../../../lib/delivery/describe.ts';
import { type Handover, type HandoverFile, packHandover, parseHandoverHeader } from '../../../lib/delivery/handover.ts';
import { type UnpackedHandover, unpackHandover } from '../../../lib/delivery/unpack-handover.ts';
import { sha256 } from '../../../lib/work/digest.ts';
import { bytesOf, collect, id, prepareTrade, sellerSeed, temporaryFolder, wrap } from '../../support/goods.ts';

async function fileOf(dir: string, content: Uint8Array, label = ''): Promise<HandoverFile> {
  const digest = sha256(content);
  const path = join(dir, `in-${digest.slice(2)}`);
  await writeFile(path, content);
  return { product: 'raw-logs', label, digest, sizeBytes: content.length, path };
}

/** Unpacks wrapped bytes under what a handover announces. */
async function unpackBytes(
  dir: string,
  wrapped: Uint8Array,
  expected: Pick<Handover, 'setDigest' | 'sizeBytes'>,
  identity: string,
): Promise<UnpackedHandover> {
  const packagePath = join(dir, 'package');
  await writeFile(packagePath, wrapped);
  return unpackHandover({ packagePath, identity, expected, filesDir: join(dir, 'files') });
}

describe('a handover', () => {
  it('comes out as it went in, whatever the sizes, and is named alike in whatever order it was given', async () => {
    const dir = await temporaryFolder();
    const { delivery } = await prepareTrade(bytesOf(10), dir);
    const sizes = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 200_000 })), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const files = await Promise.all(lengths.map((length) => fileOf(dir, bytesOf(length, length), `${length}`)));
        const handover = packHandover(files);
        expect(packHandover([...files].reverse()).setDigest).toBe(handover.setDigest);
        const plain = await collect(handover.bytes());
        expect(plain.length).toBe(handover.sizeBytes);
        const unpacked = await unpackBytes(dir, await wrap(plain, delivery.recipient), handover, delivery.identity);
        if (unpacked.status !== 'verified') throw new Error(unpacked.fault);
        expect(unpacked.files.map(({ path: _, ...entry }) => entry).sort(byDigest)).toEqual(
          files.map(({ path: _, ...entry }) => entry).sort(byDigest),
        );
        for (const file of unpacked.files) expect(sha256(await readFile(file.path))).toBe(file.digest);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves no file of what was changed in any byte, cut, lengthened, or meant for another', async () => {
    const dir = await temporaryFolder();
    const { delivery } = await prepareTrade(bytesOf(10), dir);
    const files = [
      await fileOf(dir, bytesOf(3000, 1)),
      await fileOf(dir, bytesOf(500, 2)),
      await fileOf(dir, bytesOf(0)),
    ];
    const handover = packHandover(files);
    const plain = await collect(handover.bytes());
    const fault = async (bytes: Buffer, identity = delivery.identity): Promise<string> => {
      const unpacked = await unpackBytes(dir, bytes, handover, identity);
      expect(await readdir(dir)).not.toContain('files');
      return unpacked.status === 'verified' ? 'none' : unpacked.fault;
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(plain);
        changed.writeUInt8((changed[at] ?? 0) ^ flip, at);
        expect(['wrong-set', 'wrong-bytes', 'malformed']).toContain(
          await fault(await wrap(changed, delivery.recipient)),
        );
      }),
      { numRuns: 60 },
    );
    expect(await fault(await wrap(plain.subarray(0, -1), delivery.recipient))).toBe('wrong-size');
    expect(await fault(await wrap(Buffer.concat([plain, Buffer.alloc(1)]), delivery.recipient))).toBe('wrong-size');
    expect(await fault(await wrap(Buffer.alloc(5000, 65), delivery.recipient))).toBe('wrong-size');
    const wrapped = await wrap(plain, delivery.recipient);
    expect(await fault(wrapped.subarray(0, -9))).toBe('undecryptable');
    expect(await fault(Buffer.alloc(5000, 65))).toBe('undecryptable');
    const another = await deriveDeliveryKey(sellerSeed, id(9));
    expect(await fault(await wrap(plain, another.recipient))).toBe('undecryptable');
  });

  it('fails in its own stream where a file is no longer what was announced', async () => {
    const dir = await temporaryFolder();
    const file = await fileOf(dir, bytesOf(100));
    const handover = packHandover([file]);
    await writeFile(file.path, bytesOf(100, 5));
    await expect(collect(handover.bytes())).rejects.toMatchObject({ code: 'delivery/goods-changed' });
  });

  it('is refused by its header where a file is larger than its product ever is, before it is on the disk', async () => {
    const dir = await temporaryFolder();
    const { delivery } = await prepareTrade(bytesOf(10), dir);
    const right = await fileOf(dir, bytesOf(33_000));
    const handover = packHandover([await fileOf(dir, bytesOf(5)), { ...right, product: 'skill-profile' }]);
    const wrapped = await wrap(await collect(handover.bytes()), delivery.recipient);
    expect(await unpackBytes(dir, wrapped, handover, delivery.identity)).toEqual({
      status: 'rejected',
      fault: 'too-large',
    });
    const asLogs = packHandover([right]);
    const taken = await wrap(await collect(asLogs.bytes()), delivery.recipient);
    expect(await unpackBytes(dir, taken, asLogs, delivery.identity)).toMatchObject({ status: 'verified' });
  });

  it('takes no header with a digest twice, a name that leads elsewhere, or a field too many', async () => {
    const dir = await temporaryFolder();
    await mkdir(join(dir, 'x'));
    const { path: _, ...entry } = await fileOf(dir, bytesOf(4));
    const line = (...files: unknown[]) => Buffer.from(`${JSON.stringify({ format: 'kk/handover/1', files })}\n`);
    expect(parseHandoverHeader(line(entry))).toEqual([entry]);
    for (const bad of [
      line(),
      line(entry, entry),
      line({ ...entry, digest: '0x../../etc' }),
      line({ ...entry, path: '/etc/passwd' }),
      line({ ...entry, sizeBytes: -1 }),
      Buffer.from('{\n'),
      Buffer.from('null\n'),
    ]) {
      expect(parseHandoverHeader(bad)).toBeUndefined();
    }
  });
});

describe('the key of a blinding', () => {
  it('gives the root that the goods are offered under, and of no other content', async () => {
    const dir = await temporaryFolder();
    const { path, goods } = await prepareTrade(bytesOf(100_000), dir);
    const key = blindingKeyOf(sellerSeed, goods.contentDigest);
    expect(await rootOf(path, blindingFrom(key))).toBe((await describeGoods(path, sellerSeed)).contentRoot);
    expect(await rootOf(path, blindingFrom(blindingKeyOf(sellerSeed, id(3))))).not.toBe(goods.contentRoot);
  });
});

function byDigest(a: { readonly digest: string }, b: { readonly digest: string }): number {
  return a.digest < b.digest ? -1 : 1;
}
