import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Hex } from 'viem';
import { createPrivateFile } from '../files/private-file.ts';
import { decryptStream } from './age.ts';
import { chunkCountOf, sealedBytesOf } from './chunk-layout.ts';
import { regroup } from './chunks.ts';
import { toHex } from './hex.ts';
import { createTree, hashChunks, pushAll } from './merkle.ts';
import {
  BLOCK_BYTES,
  formatHeader,
  HEADER_BYTES,
  MAX_AGE_HEADER_BYTES,
  packageBytesOf,
  parseBlock,
} from './package-format.ts';

/** What a quote promises about a package. `sizeBytes` is the content's size. */
export interface ExpectedPackage {
  readonly sizeBytes: number;
  readonly sealedRoot: Hex;
  readonly contentRoot: Hex;
}

/** Why a package isn't as quoted. */
export type PackageFault = 'undecryptable' | 'malformed' | 'wrong-size' | 'sealed-root' | 'content-root';

class Fault extends Error {
  override readonly name = 'Fault';
  readonly fault: PackageFault;
  constructor(fault: PackageFault) {
    super(fault);
    this.fault = fault;
  }
}

/**
 * Decrypts a downloaded package into a file of sealed bytes and a file of leaf hashes, and checks both against the quote.
 * Returns the first fault; undefined if everything is as promised. Streams; errors of the disk are thrown.
 */
export async function unpack(
  input: { readonly packagePath: string; readonly identity: string; readonly expected: ExpectedPackage },
  output: { readonly sealedPath: string; readonly leavesPath: string },
): Promise<PackageFault | undefined> {
  const sealedFile = await createPrivateFile(output.sealedPath);
  const leavesFile = await createPrivateFile(output.leavesPath);
  try {
    if (!(await hasAgeHeader(input.packagePath))) return 'undecryptable';
    await unpackTo(input, sealedFile, leavesFile);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.fault;
    throw error;
  } finally {
    await sealedFile.close();
    await leavesFile.close();
  }
}

async function unpackTo(
  { packagePath, identity, expected }: Parameters<typeof unpack>[0],
  sealedFile: FileHandle,
  leavesFile: FileHandle,
): Promise<void> {
  const chunkCount = chunkCountOf(expected.sizeBytes);
  const sealedTree = createTree();
  const contentTree = createTree();
  let sealedBytes = 0;
  for await (const block of blocksOf(
    decrypted(packagePath, identity),
    chunkCount,
    packageBytesOf(expected.sizeBytes),
  )) {
    pushAll(contentTree, block.leaves);
    pushAll(sealedTree, hashChunks(block.sealed));
    sealedBytes += block.sealed.length;
    await leavesFile.writeFile(block.leaves);
    await sealedFile.writeFile(block.sealed);
  }
  if (sealedBytes !== sealedBytesOf(expected.sizeBytes) || contentTree.count() !== chunkCount) {
    throw new Fault('wrong-size');
  }
  if (toHex(sealedTree.root()) !== expected.sealedRoot) throw new Fault('sealed-root');
  if (toHex(contentTree.root()) !== expected.contentRoot) throw new Fault('content-root');
}

async function* blocksOf(
  source: AsyncIterable<Uint8Array>,
  chunkCount: number,
  maxBytes: number,
): AsyncGenerator<{ readonly leaves: Buffer; readonly sealed: Buffer }> {
  let header: Buffer | undefined;
  for await (const piece of regroup(withoutHeader(), BLOCK_BYTES)) {
    const block = parseBlock(piece);
    if (block === undefined) throw new Fault('malformed');
    yield block;
  }
  if (header === undefined) throw new Fault('malformed');

  async function* withoutHeader(): AsyncGenerator<Uint8Array> {
    let start: Uint8Array = Buffer.alloc(0);
    let total = 0;
    for await (const bytes of source) {
      total += bytes.length;
      if (total > maxBytes) throw new Fault('wrong-size');
      if (header !== undefined) {
        yield bytes;
        continue;
      }
      start = Buffer.concat([start, bytes]);
      if (start.length < HEADER_BYTES) continue;
      header = Buffer.from(start.subarray(0, HEADER_BYTES));
      if (!header.equals(formatHeader(chunkCount))) throw new Fault('malformed');
      yield start.subarray(HEADER_BYTES);
    }
  }
}

// An error of age means that the package isn't for this identity or was changed; an error of the disk is this machine's own.
async function* decrypted(path: string, identity: string): AsyncGenerator<Uint8Array> {
  try {
    yield* await decryptStream(createReadStream(path), identity);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    throw new Fault('undecryptable');
  }
}

/** Whether a file starts with an age header of bounded length: the age library would read one of any length into memory. */
export async function hasAgeHeader(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_AGE_HEADER_BYTES), 0, MAX_AGE_HEADER_BYTES, 0);
    const macLine = buffer.subarray(0, bytesRead).indexOf('\n--- ');
    return macLine > 0 && buffer.subarray(macLine + 1, bytesRead).includes('\n');
  } finally {
    await file.close();
  }
}
