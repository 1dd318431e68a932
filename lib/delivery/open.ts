import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Hex } from 'viem';
import { SwarmError } from '../core/errors.ts';
import type { GoodsFile } from '../core/work.ts';
import { commitFile } from '../files/durable.ts';
import { createPrivateFile } from '../files/private-file.ts';
import { CHUNK_BYTES, CHUNKS_PER_BLOCK, chunkCountOf } from './chunk-layout.ts';
import { regroup, stripBlinding } from './chunks.ts';
import { toHex } from './hex.ts';
import { createTree, HASH_BYTES, hashChunks, pushAll } from './merkle.ts';
import { createSealCipher } from './seal-cipher.ts';
import { removeSealedFiles, sealedFiles } from './sealed-files.ts';
import type { ExpectedPackage } from './unpack.ts';

/** Fetched goods and the key that the escrow revealed, whose SHA-256 is the quote's key hash. */
export interface OpenInput {
  /** The folder that `fetchSealed` filled. */
  readonly dir: string;
  readonly key: Hex;
  readonly expected: ExpectedPackage;
  readonly destPath: string;
}

/** Opened goods, or the index of the first chunk that doesn't match its published hash. */
export type OpenResult =
  | { readonly status: 'opened'; readonly file: GoodsFile }
  | { readonly status: 'wrong-chunk'; readonly index: number };

/**
 * Opens fetched goods: decrypts, checks every chunk against its leaf hash and the hashes against the content's root,
 * removes the blinding and puts the content in place atomically. Nothing is written to `destPath` unless all checks pass.
 * Streams; the sealed files stay.
 * @throws SwarmError `delivery/local-copy-damaged` if the fetched files changed after they were checked; they are then
 * deleted, so that they are fetched again.
 */
export async function openSealed(input: OpenInput): Promise<OpenResult> {
  const temporary = `${input.destPath}.tmp`;
  const output = await createPrivateFile(temporary);
  let opened: Awaited<ReturnType<typeof decryptTo>>;
  try {
    opened = await decryptTo(output, input);
  } finally {
    await output.close();
  }
  if (opened.status === 'opened') {
    await commitFile(temporary, input.destPath);
    return { status: 'opened', file: { path: input.destPath, digest: opened.digest, sizeBytes: opened.sizeBytes } };
  }
  await rm(temporary, { force: true });
  if (opened.status === 'wrong-chunk') return opened;
  await removeSealedFiles(input.dir);
  throw new SwarmError({
    code: 'delivery/local-copy-damaged',
    disposition: 'retry',
    message: `The sealed goods in ${input.dir} changed after they were checked`,
    next: 'They were deleted: fetch them again, then open.',
  });
}

async function decryptTo(
  output: FileHandle,
  { dir, key, expected }: OpenInput,
): Promise<
  | { readonly status: 'opened'; readonly digest: Hex; readonly sizeBytes: number }
  | { readonly status: 'wrong-chunk'; readonly index: number }
  | { readonly status: 'damaged' }
> {
  const { sealedPath, leavesPath } = sealedFiles(dir);
  const decrypt = createSealCipher(key);
  const digest = createHash('sha256');
  const sealedTree = createTree();
  const contentTree = createTree();
  let sizeBytes = 0;
  let wrong: number | undefined;
  const leavesFile = await open(leavesPath, 'r');
  try {
    for await (const sealed of regroup(createReadStream(sealedPath), CHUNKS_PER_BLOCK * CHUNK_BYTES)) {
      const first = contentTree.count();
      const promised = await readLeaves(leavesFile, first, Math.ceil(sealed.length / CHUNK_BYTES));
      pushAll(sealedTree, hashChunks(sealed));
      pushAll(contentTree, promised);
      const chunks = decrypt(sealed);
      wrong ??= firstDifference(hashChunks(chunks), promised, first);
      // The rest is still read: only the complete trees show whether the chunk is wrong or the local file is damaged.
      if (wrong !== undefined) continue;
      const content = stripBlinding(chunks);
      digest.update(content);
      sizeBytes += content.length;
      await output.writeFile(content);
    }
  } finally {
    await leavesFile.close();
  }
  const asChecked =
    contentTree.count() === chunkCountOf(expected.sizeBytes) &&
    toHex(sealedTree.root()) === expected.sealedRoot &&
    toHex(contentTree.root()) === expected.contentRoot;
  if (!asChecked) return { status: 'damaged' };
  if (wrong !== undefined) return { status: 'wrong-chunk', index: wrong };
  return sizeBytes === expected.sizeBytes
    ? { status: 'opened', digest: toHex(digest.digest()), sizeBytes }
    : { status: 'damaged' };
}

async function readLeaves(file: FileHandle, first: number, count: number): Promise<Buffer> {
  const leaves = Buffer.alloc(count * HASH_BYTES);
  await file.read(leaves, 0, leaves.length, first * HASH_BYTES);
  return leaves;
}

function firstDifference(leaves: Buffer, promised: Buffer, first: number): number | undefined {
  if (leaves.equals(promised)) return undefined;
  for (let at = 0; at < leaves.length; at += HASH_BYTES) {
    if (!leaves.subarray(at, at + HASH_BYTES).equals(promised.subarray(at, at + HASH_BYTES))) {
      return first + at / HASH_BYTES;
    }
  }
  return undefined;
}
