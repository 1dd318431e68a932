import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Hex } from 'viem';
import type { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';
import { cleanText } from '../../core/text.ts';
import { byteLines } from './byte-lines.ts';

/** A file of goods to read; `digest` is checked where it is given. */
export interface GoodsSource {
  readonly path: string;
  readonly digest?: Hex;
}

/**
 * Reads goods of one JSON document, written by a stranger. A file over `maxBytes` is not opened: parsing holds the process
 * up and takes many times its size in memory.
 * @throws SwarmError `products/bad-goods` when it is larger or doesn't match `schema`, `products/input-changed` when the
 * digest differs.
 */
export async function readJsonGoods<Data>(
  source: GoodsSource,
  schema: z.ZodType<Data>,
  maxBytes: number,
): Promise<Data> {
  const { size } = await stat(source.path);
  if (size > maxBytes) throw badGoods(source.path, `${size} bytes are more than ${maxBytes}`);
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  for await (const chunk of createReadStream(source.path)) {
    const bytes = Buffer.from(chunk);
    hash.update(bytes);
    parts.push(bytes);
  }
  checkDigest(source, `0x${hash.digest('hex')}`);
  return parseGoods(source.path, Buffer.concat(parts).toString('utf8'), schema);
}

/**
 * Reads goods of JSON lines in batches: the digest is known and checked when all have been read.
 * @throws SwarmError `products/bad-goods` for a line over `maxLineBytes` or one that isn't UTF-8, `products/input-changed`.
 */
export async function* readLines(source: GoodsSource, maxLineBytes: number): AsyncGenerator<readonly string[], void> {
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of createReadStream(source.path)) {
      const bytes = Buffer.from(chunk);
      hash.update(bytes);
      yield bytes;
    }
  };
  for await (const batch of byteLines(hashed(), maxLineBytes)) {
    yield batch.map((line) => {
      if (line.kind === 'too-long') throw badGoods(source.path, `a line is longer than ${maxLineBytes} bytes`);
      if (line.mended) throw badGoods(source.path, 'a line is not UTF-8');
      return line.text;
    });
  }
  checkDigest(source, `0x${hash.digest('hex')}`);
}

/** Parses JSON through a schema. @throws SwarmError `products/bad-goods`. */
export function parseGoods<Data>(path: string, text: string, schema: z.ZodType<Data>): Data {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badGoods(path, 'it is not JSON', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
  throw badGoods(path, cleanText(where, 200), parsed.error);
}

/** The error for invalid goods. `detail` must be safe to show. */
export function badGoods(path: string, detail: string, cause?: unknown): SwarmError {
  return new SwarmError({
    code: 'products/bad-goods',
    disposition: 'stop',
    message: `The goods at ${path} cannot be read: ${detail}`,
    next: 'Leave them out. If they were bought, the seller delivered the promised bytes, but they are not valid goods of the product.',
    cause,
  });
}

/** Whether an error means that a file is missing, damaged or invalid, so that trying again won't help. */
export function isUnreadable(error: unknown): boolean {
  if (error instanceof SwarmError)
    return error.code === 'products/bad-goods' || error.code === 'products/input-changed';
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function checkDigest(source: GoodsSource, digest: Hex): void {
  if (source.digest === undefined || source.digest === digest) return;
  throw new SwarmError({
    code: 'products/input-changed',
    disposition: 'stop',
    message: `The input at ${source.path} has the digest ${digest} and not ${source.digest}`,
    next: 'Fetch or ingest it again; nothing was made from it.',
  });
}
