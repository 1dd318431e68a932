import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { onTestFinished } from 'vitest';
import { decryptStream, encryptStream } from '../../lib/delivery/age.ts';
import { type DeliveryKey, deriveDeliveryKey } from '../../lib/delivery/delivery-key.ts';
import { describeGoods, type GoodsDescription } from '../../lib/delivery/describe.ts';
import { sealPackage } from '../../lib/delivery/package.ts';
import { deriveSealKey } from '../../lib/delivery/seal-key.ts';

/** A fixed 32-byte id made of one byte. */
export function id(byte: number): Hex {
  return `0x${byte.toString(16).padStart(2, '0').repeat(32)}`;
}

/** The delivery seeds of the two sides in tests. */
export const sellerSeed = Buffer.alloc(32, 7);
export const buyerSeed = Buffer.alloc(32, 9);

/** Bytes that look random and are the same in every run. */
export function bytesOf(sizeBytes: number, seed = 0): Buffer {
  const blocks: Buffer[] = [];
  for (let index = 0; index * 32 < sizeBytes; index += 1) {
    blocks.push(createHash('sha256').update(`${seed}/${index}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}

/** A folder that is gone when the test is. */
export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-delivery-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** One trade's goods, described, and the keys of both sides. */
export interface SealedTrade {
  readonly dir: string;
  readonly path: string;
  readonly goods: GoodsDescription;
  readonly key: Hex;
  readonly delivery: DeliveryKey;
  readonly content: Buffer;
}

/** Writes content to disk and describes it for sale. */
export async function prepareTrade(content: Buffer, dir: string): Promise<SealedTrade> {
  const path = join(dir, 'goods.bin');
  await writeFile(path, content);
  const goods = await describeGoods(path, sellerSeed);
  const key = deriveSealKey(sellerSeed, {
    contentRoot: goods.contentRoot,
    chainId: 31337,
    escrow: '0x1111111111111111111111111111111111111111',
    seller: '0x2222222222222222222222222222222222222222',
    buyer: '0x3333333333333333333333333333333333333333',
    trade: id(1),
  });
  return { dir, path, goods, key, content, delivery: await deriveDeliveryKey(buyerSeed, id(2)) };
}

/** The package of a trade: as it is inside the age layer, and its sealed root. */
export async function packageOf(trade: SealedTrade): Promise<{ readonly plain: Buffer; readonly sealedRoot: Hex }> {
  const sealed = sealPackage({ path: trade.path, goods: trade.goods, deliverySeed: sellerSeed, key: trade.key });
  const plain = await collect(sealed.bytes);
  return { plain, sealedRoot: sealed.sealedRoot() };
}

/** Wraps bytes with age to a recipient. */
export async function wrap(plain: Uint8Array, recipient: string): Promise<Buffer> {
  return collect(await encryptStream(once(plain), recipient));
}

/** Unwraps bytes with age. */
export async function unwrap(wrapped: Uint8Array, identity: string): Promise<Buffer> {
  return collect(await decryptStream(once(wrapped), identity));
}

/** All bytes of a stream. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
