import { hash } from 'node:crypto';
import { CHUNK_BYTES } from './chunk-layout.ts';

/** The size of a hash in a tree, in bytes. */
export const HASH_BYTES = 32;

/** A Merkle tree that receives its leaf hashes in order and stores at most one hash a level. */
export interface Tree {
  readonly push: (leafHash: Uint8Array) => void;
  /** The tree head of the leaves so far: RFC 9162 §2.1.1 with SHA-256; SHA-256 of nothing for no leaves. */
  readonly root: () => Buffer;
  readonly count: () => number;
}

/** Creates an empty tree. */
export function createTree(): Tree {
  // Like a binary counter: the slot at a height is used if that bit of the count is set.
  const slots: Buffer[] = [];
  let count = 0;
  return {
    push: (leafHash) => {
      let node: Buffer = Buffer.from(leafHash);
      let height = 0;
      for (let rest = count; rest % 2 === 1; rest = (rest - 1) / 2) {
        node = hashNode(slots[height] ?? node, node);
        height += 1;
      }
      slots[height] = node;
      count += 1;
    },
    root: () => {
      let node: Buffer | undefined;
      let rest = count;
      for (let height = 0; rest > 0; height += 1) {
        const slot = slots[height];
        if (rest % 2 === 1 && slot !== undefined) node = node === undefined ? slot : hashNode(slot, node);
        rest = Math.floor(rest / 2);
      }
      return node ?? hash('sha256', '', 'buffer');
    },
    count: () => count,
  };
}

/** The hash of one leaf: SHA-256(0x00 ‖ bytes). */
export function hashLeaf(bytes: Uint8Array): Buffer {
  const input = bytes.length <= CHUNK_BYTES ? leafInput.subarray(0, 1 + bytes.length) : Buffer.alloc(1 + bytes.length);
  input.set(bytes, 1);
  // The one-shot hash is about twice as fast as createHash for inputs of this size.
  return hash('sha256', input, 'buffer');
}

/** The concatenated leaf hashes of the chunks of a block. */
export function hashChunks(block: Buffer): Buffer {
  const leaves = Buffer.allocUnsafe(Math.ceil(block.length / CHUNK_BYTES) * HASH_BYTES);
  for (let from = 0, to = 0; from < block.length; from += CHUNK_BYTES, to += HASH_BYTES) {
    hashLeaf(block.subarray(from, from + CHUNK_BYTES)).copy(leaves, to);
  }
  return leaves;
}

/** Adds concatenated leaf hashes. */
export function pushAll(tree: Tree, leaves: Uint8Array): void {
  for (let from = 0; from < leaves.length; from += HASH_BYTES) tree.push(leaves.subarray(from, from + HASH_BYTES));
}

function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return hash('sha256', nodeInput, 'buffer');
}

// Reused between calls, which never overlap: hashing is synchronous. The first byte separates leaves from nodes.
const leafInput = Buffer.alloc(1 + CHUNK_BYTES, 0x00);
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES, 0x01);
