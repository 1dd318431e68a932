import type { Hex } from 'viem';
import { SwarmError } from '../core/errors.ts';
import { createBlinding } from './blinding.ts';
import { blindChunks } from './chunks.ts';
import { type GoodsDescription, readContent } from './describe.ts';
import { toHex } from './hex.ts';
import { createTree, hashChunks, pushAll } from './merkle.ts';
import { formatHeader } from './package-format.ts';
import { createSealCipher } from './seal-cipher.ts';

/** What a seller seals: the file, its description, and the trade's key. */
export interface SealInput {
  readonly path: string;
  readonly goods: GoodsDescription;
  readonly deliverySeed: Uint8Array;
  readonly key: Hex;
}

/** A package as a stream. `sealedRoot` is known once `bytes` was read to its end. */
export interface SealedPackage {
  readonly bytes: AsyncGenerator<Buffer>;
  readonly sealedRoot: () => Hex;
}

/**
 * Seals a file into the package of {@link formatHeader}, streaming. Same file, seed and key give the same bytes. The
 * stream fails with `delivery/goods-changed` if the file no longer matches its description, so that a seller never quotes
 * other goods than it offered.
 */
export function sealPackage(input: SealInput): SealedPackage {
  const sealedTree = createTree();
  return { bytes: seal(input, sealedTree), sealedRoot: () => toHex(sealedTree.root()) };
}

async function* seal(input: SealInput, sealedTree: ReturnType<typeof createTree>): AsyncGenerator<Buffer> {
  const { goods } = input;
  const contentTree = createTree();
  const cipher = createSealCipher(input.key);
  yield formatHeader(goods.chunkCount);
  const blinding = createBlinding(input.deliverySeed, goods.contentDigest);
  for await (const block of blindChunks(readContent(input.path), blinding)) {
    const leaves = hashChunks(block);
    const sealed = cipher(block);
    pushAll(contentTree, leaves);
    pushAll(sealedTree, hashChunks(sealed));
    yield leaves;
    yield sealed;
  }
  if (toHex(contentTree.root()) !== goods.contentRoot) {
    throw new SwarmError({
      code: 'delivery/goods-changed',
      disposition: 'stop',
      message: `${input.path} is no longer the content with digest ${goods.contentDigest}`,
      next: 'Withdraw the offer and make a new one from the file as it is.',
    });
  }
}
