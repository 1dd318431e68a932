import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTree, hashChunks, hashLeaf, pushAll } from '../../../lib/delivery/merkle.ts';

// The reference data of Certificate Transparency's own tests (RFC 6962 and RFC 9162 share the tree).
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** RFC 9162 §2.1.1, word for word. */
function mth(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.from([0]), first);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.from([1]), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

function rootOf(leaves: readonly Uint8Array[]): string {
  const tree = createTree();
  for (const leaf of leaves) tree.push(hashLeaf(leaf));
  return tree.root().toString('hex');
}

describe('the Merkle tree', () => {
  it("has the roots of Certificate Transparency's reference data", () => {
    const leaves = LEAVES.map((hex) => Buffer.from(hex, 'hex'));
    expect(ROOTS.map((_, count) => rootOf(leaves.slice(0, count)))).toEqual(ROOTS);
  });

  it('is the tree of RFC 9162 for any leaves', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 }), (leaves) => {
        expect(rootOf(leaves)).toBe(mth(leaves).toString('hex'));
      }),
    );
  });

  it('hashes the chunks of a block as single leaves, the short last one too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5000 }), (bytes) => {
        const tree = createTree();
        pushAll(tree, hashChunks(Buffer.from(bytes)));
        const chunks: Uint8Array[] = [];
        for (let from = 0; from < bytes.length; from += 1024) chunks.push(bytes.subarray(from, from + 1024));
        expect(tree.root()).toEqual(mth(chunks));
        expect(tree.count()).toBe(chunks.length);
      }),
    );
  });

  it('hashes leaves longer than a chunk as well', () => {
    const long = Buffer.alloc(3000, 5);
    expect(hashLeaf(long)).toEqual(sha256(Buffer.from([0]), long));
  });
});
