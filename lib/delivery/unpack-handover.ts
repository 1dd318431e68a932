import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { maxGoodsBytesOf } from '../core/goods-bounds.ts';
import { createPrivateFile } from '../files/private-file.ts';
import { decryptStream } from './age.ts';
import { type HandoverEntry, MAX_HANDOVER_HEADER_BYTES, parseHandoverHeader } from './handover.ts';
import { toHex } from './hex.ts';
import { hasAgeHeader } from './unpack.ts';

/** Why a handover isn't as announced. */
export type HandoverFault = 'undecryptable' | 'malformed' | 'wrong-size' | 'wrong-set' | 'wrong-bytes' | 'too-large';

/** A file that was handed over: its bytes have its digest, which is also its name (64 hex digits, no extension). */
export interface ReceivedFile extends HandoverEntry {
  readonly path: string;
}

/** The announced set of a handover, and its size without the age layer. */
export interface ExpectedHandover {
  readonly setDigest: Hex;
  readonly sizeBytes: number;
}

/** The outcome of unpacking. */
export type UnpackedHandover =
  | { readonly status: 'verified'; readonly files: readonly ReceivedFile[] }
  | { readonly status: 'rejected'; readonly fault: HandoverFault };

class Fault extends Error {
  override readonly name = 'Fault';
  readonly fault: HandoverFault;
  constructor(fault: HandoverFault) {
    super(fault);
    this.fault = fault;
  }
}

/**
 * Decrypts a downloaded handover into one file for each digest, and checks the set and every file. If it isn't as announced,
 * it leaves no file and returns the fault; errors of the disk are thrown. Streams: memory holds the header and one piece.
 */
export async function unpackHandover(input: {
  readonly packagePath: string;
  readonly identity: string;
  readonly expected: ExpectedHandover;
  /** The folder for the files; emptied first. */
  readonly filesDir: string;
}): Promise<UnpackedHandover> {
  const { packagePath, identity, expected, filesDir } = input;
  await rm(filesDir, { recursive: true, force: true });
  await mkdir(filesDir, { recursive: true });
  try {
    if (!(await hasAgeHeader(packagePath))) throw new Fault('undecryptable');
    const writer = createWriter(filesDir, expected);
    try {
      for await (const bytes of decrypted(packagePath, identity)) await writer.push(bytes);
      return { status: 'verified', files: await writer.end() };
    } finally {
      await writer.close();
    }
  } catch (error) {
    await rm(filesDir, { recursive: true, force: true });
    if (error instanceof Fault) return { status: 'rejected', fault: error.fault };
    throw error;
  }
}

function createWriter(filesDir: string, expected: ExpectedHandover) {
  let head: Buffer[] | undefined = [];
  let entries: readonly HandoverEntry[] = [];
  let at = 0;
  let left = 0;
  let total = 0;
  let file: FileHandle | undefined;
  let digest = createHash('sha256');
  const pathOf = (entry: HandoverEntry) => join(filesDir, entry.digest.slice(2));

  /** Ends a complete file and starts the next, skipping empty ones. */
  async function advance(): Promise<void> {
    for (;;) {
      if (file !== undefined) {
        if (left > 0) return;
        await file.close();
        file = undefined;
        if (toHex(digest.digest()) !== entries[at]?.digest) throw new Fault('wrong-bytes');
        at += 1;
      }
      const entry = entries[at];
      if (entry === undefined) return;
      file = await createPrivateFile(pathOf(entry));
      digest = createHash('sha256');
      left = entry.sizeBytes;
    }
  }

  /** Collects the header; returns the bytes after it once it is complete. */
  async function readHead(bytes: Uint8Array, parts: Buffer[]): Promise<Uint8Array | undefined> {
    const end = bytes.indexOf(0x0a);
    parts.push(Buffer.from(end === -1 ? bytes : bytes.subarray(0, end + 1)));
    if (parts.reduce((sum, part) => sum + part.length, 0) > MAX_HANDOVER_HEADER_BYTES) throw new Fault('malformed');
    if (end === -1) return undefined;
    const line = Buffer.concat(parts);
    head = undefined;
    if (toHex(createHash('sha256').update(line).digest()) !== expected.setDigest) throw new Fault('wrong-set');
    const parsed = parseHandoverHeader(line);
    if (parsed === undefined) throw new Fault('malformed');
    if (parsed.reduce((sum, entry) => sum + entry.sizeBytes, line.length) !== expected.sizeBytes) {
      throw new Fault('wrong-size');
    }
    // Refused by what the header says, before any of it is on the disk.
    if (parsed.some(({ product, sizeBytes: size }) => size > maxGoodsBytesOf(product))) throw new Fault('too-large');
    entries = parsed;
    await advance();
    return bytes.subarray(end + 1);
  }

  return {
    push: async (bytes: Uint8Array): Promise<void> => {
      total += bytes.length;
      if (total > expected.sizeBytes) throw new Fault('wrong-size');
      let rest = head === undefined ? bytes : await readHead(bytes, head);
      while (rest !== undefined && rest.length > 0) {
        if (file === undefined) throw new Fault('wrong-size');
        const piece = rest.subarray(0, left);
        digest.update(piece);
        await file.writeFile(piece);
        left -= piece.length;
        rest = rest.subarray(piece.length);
        await advance();
      }
    },
    end: async (): Promise<readonly ReceivedFile[]> => {
      if (head !== undefined) throw new Fault('malformed');
      if (file !== undefined || at < entries.length) throw new Fault('wrong-size');
      return entries.map((entry) => ({ ...entry, path: pathOf(entry) }));
    },
    close: async (): Promise<void> => {
      await file?.close();
    },
  };
}

// An error of age means that the data isn't for this identity or was changed; an error of the disk is this machine's own.
async function* decrypted(path: string, identity: string): AsyncGenerator<Uint8Array> {
  try {
    yield* await decryptStream(createReadStream(path), identity);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    throw new Fault('undecryptable');
  }
}
