import { createHash } from 'node:crypto';
import type { Hex } from 'viem';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { hex32, productName } from '../core/ids.ts';
import { parseJson } from '../core/json.ts';
import { readContent } from './describe.ts';
import { toHex } from './hex.ts';

/**
 * The format in which several files are handed to one reader in one stream, inside an age layer: a line of JSON that lists
 * them, then their bytes one after another. The SHA-256 of that line identifies the set, because it lists every digest.
 */
const FORMAT = 'kk/handover/1';

/** The maximum length of the line, in bytes. */
export const MAX_HANDOVER_HEADER_BYTES = 2 * 1024 * 1024;

/** The maximum number of files in one handover. */
const MAX_HANDOVER_FILES = 4096;

const entry = z.strictObject({
  product: productName,
  label: z.string().max(80),
  digest: hex32,
  sizeBytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** For goods on offer: the key of their blinding, with which the reader can check the offer's root. */
  blindingKey: hex32.optional(),
});

/** One file in the header. */
export type HandoverEntry = z.infer<typeof entry>;

/** A file to hand over. */
export interface HandoverFile extends HandoverEntry {
  readonly path: string;
}

const header = z.strictObject({ format: z.literal(FORMAT), files: z.array(entry).min(1).max(MAX_HANDOVER_FILES) });

/** A set of files, ready to be streamed. */
export interface Handover {
  /** SHA-256 of the header: equal for equal files, in any order. */
  readonly setDigest: Hex;
  /** Bytes of header and files, without the age layer. */
  readonly sizeBytes: number;
  /** Fails with `delivery/goods-changed` if a file doesn't match its digest. */
  readonly bytes: () => AsyncGenerator<Uint8Array>;
}

/** Creates one stream of files, each digest once. @throws SwarmError `delivery/handover-too-large`. */
export function packHandover(given: readonly HandoverFile[]): Handover {
  const byDigest = new Map(given.map((file) => [file.digest, file]));
  const files = [...byDigest.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const line = Buffer.from(
    `${JSON.stringify({ format: FORMAT, files: files.map(({ path: _path, ...file }) => entry.parse(file)) })}\n`,
  );
  if (files.length > MAX_HANDOVER_FILES || line.length > MAX_HANDOVER_HEADER_BYTES) throw tooLarge(files.length);
  return {
    setDigest: toHex(createHash('sha256').update(line).digest()),
    sizeBytes: files.reduce((total, file) => total + file.sizeBytes, line.length),
    bytes: async function* () {
      yield line;
      for (const file of files) yield* checked(file);
    },
  };
}

/** Parses a header's line, written by a stranger; undefined if it is invalid or lists a digest twice. */
export function parseHandoverHeader(line: Buffer): readonly HandoverEntry[] | undefined {
  const parsed = header.safeParse(parseJson(line.toString('utf8')));
  if (!parsed.success) return undefined;
  const { files } = parsed.data;
  return new Set(files.map(({ digest }) => digest)).size === files.length ? files : undefined;
}

async function* checked(file: HandoverFile): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256');
  let sizeBytes = 0;
  for await (const bytes of readContent(file.path)) {
    digest.update(bytes);
    sizeBytes += bytes.length;
    yield bytes;
  }
  if (sizeBytes === file.sizeBytes && toHex(digest.digest()) === file.digest) return;
  throw new SwarmError({
    code: 'delivery/goods-changed',
    disposition: 'stop',
    message: `${file.path} is no longer the content with digest ${file.digest}`,
    next: 'Withdraw the offer and make a new one from the files as they are.',
  });
}

function tooLarge(count: number): SwarmError {
  return new SwarmError({
    code: 'delivery/handover-too-large',
    disposition: 'stop',
    message: `${count} files are too many for one handover`,
    next: `Hand over at most ${MAX_HANDOVER_FILES} files.`,
  });
}
