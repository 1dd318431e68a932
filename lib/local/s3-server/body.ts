import { createHash } from 'node:crypto';
import type { Authenticated } from './authenticate.ts';
import { decodeAwsChunked, type Trailers } from './aws-chunked.ts';
import { createChecksum, isChecksumName, type RunningChecksum } from './checksum.ts';
import { S3Failure } from './s3-failure.ts';

const STREAMING = [
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
];

/** A body and what its request states about it. */
export interface BodyInput {
  readonly source: AsyncIterable<Buffer>;
  readonly headers: NodeJS.Dict<string[]>;
  readonly authenticated: Authenticated;
  readonly maxBytes: number;
}

/**
 * Yields the decoded bytes of a body and fails at its end unless length, payload digest, chunk signatures and every
 * checksum in headers and trailers are right. Bytes must be kept only after the end was reached.
 */
export async function* readBody({ source, headers, authenticated, maxBytes }: BodyInput): AsyncGenerator<Buffer> {
  const { payloadHash } = authenticated;
  const chunked = STREAMING.includes(payloadHash);
  if (!chunked && payloadHash !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(payloadHash)) {
    throw new S3Failure('InvalidArgument', 'x-amz-content-sha256 must be a digest, UNSIGNED-PAYLOAD or STREAMING-….');
  }
  const announced = announcedBytes(headers, chunked);
  if (announced > maxBytes) throw new S3Failure('EntityTooLarge', `At most ${maxBytes} bytes are taken.`);
  const checksums = runningChecksums(headers);
  const payload = chunked || payloadHash === 'UNSIGNED-PAYLOAD' ? undefined : createHash('sha256');
  let trailers: Trailers = new Map();
  let received = 0;
  const bytes = chunked
    ? decodeAwsChunked(source, authenticated, (found) => {
        trailers = found;
      })
    : source;
  for await (const piece of bytes) {
    received += piece.length;
    if (received > announced) throw new S3Failure('IncompleteBody', 'The body is longer than announced.');
    payload?.update(piece);
    for (const checksum of checksums.values()) checksum.update(piece);
    yield piece;
  }
  if (received !== announced) throw new S3Failure('IncompleteBody', 'The body is shorter than announced.');
  if (payload !== undefined && payload.digest('hex') !== payloadHash) {
    throw new S3Failure('XAmzContentSHA256Mismatch', 'The body does not have the digest that was signed.');
  }
  for (const [name, checksum] of checksums) {
    const stated = trailers.get(name) ?? headers[name]?.[0];
    if (stated !== checksum.base64()) throw new S3Failure('BadDigest', `The body does not match its ${name}.`);
  }
}

/** Reads a small body as text. */
export async function readTextBody(input: BodyInput): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of readBody(input)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

function announcedBytes(headers: NodeJS.Dict<string[]>, chunked: boolean): number {
  const text = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length']?.[0];
  if (text === undefined || !/^\d{1,15}$/.test(text)) {
    throw new S3Failure('MissingContentLength', 'The length of the body must be announced.');
  }
  return Number(text);
}

function runningChecksums(headers: NodeJS.Dict<string[]>): ReadonlyMap<string, RunningChecksum> {
  const inHeaders = Object.keys(headers).filter(isChecksumName);
  const inTrailers = (headers['x-amz-trailer'] ?? []).flatMap((text) => text.toLowerCase().split(/\s*,\s*/));
  return new Map([...inHeaders, ...inTrailers.filter(isChecksumName)].map((name) => [name, createChecksum(name)]));
}
