import { createHash } from 'node:crypto';
import type { Authenticated } from './authenticate.ts';
import { createByteReader } from './byte-reader.ts';
import { S3Failure } from './s3-failure.ts';
import { formatScope, sameSignature, signText } from './sigv4.ts';

const EMPTY_SHA256 = createHash('sha256').digest('hex');
const MAX_LINE_BYTES = 1024;
const MAX_TRAILERS = 8;

/** Trailing headers of a streamed body, by lower-case name. */
export type Trailers = ReadonlyMap<string, string>;

/**
 * Decodes a body of `content-encoding: aws-chunked`, checking the signature of each chunk and of the trailer where the
 * payload's name says that they are signed. Bytes are yielded before their chunk's signature is checked, so the caller
 * must only keep them after the end. Passes the trailers to `onTrailers` at the end.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  { payloadHash, chunkSigning }: Pick<Authenticated, 'payloadHash' | 'chunkSigning'>,
  onTrailers: (trailers: Trailers) => void,
): AsyncGenerator<Buffer> {
  const signed = payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  const reader = createByteReader(source);
  const sign = (kind: 'PAYLOAD' | 'TRAILER', previous: string, hashes: readonly string[]): string => {
    const head = [`AWS4-HMAC-SHA256-${kind}`, chunkSigning.amzDate, formatScope(chunkSigning.scope), previous];
    return signText(chunkSigning.key, [...head, ...hashes].join('\n'));
  };
  let previous = chunkSigning.seed;
  for (;;) {
    const { sizeBytes, signature } = parseChunkHead(await reader.line(MAX_LINE_BYTES));
    const digest = signed ? createHash('sha256') : undefined;
    for await (const bytes of reader.bytes(sizeBytes)) {
      digest?.update(bytes);
      yield bytes;
    }
    if (digest !== undefined) {
      const expected = sign('PAYLOAD', previous, [EMPTY_SHA256, digest.digest('hex')]);
      if (!sameSignature(expected, signature)) throw mismatch('a chunk');
      previous = expected;
    }
    if (sizeBytes === 0) break;
    if ((await reader.line(MAX_LINE_BYTES)) !== '') throw malformed();
  }
  const trailers = await readTrailers(reader.line);
  if (signed && payloadHash.endsWith('-TRAILER')) {
    const signature = trailers.get('x-amz-trailer-signature') ?? '';
    const text = [...trailers].filter(([name]) => name !== 'x-amz-trailer-signature');
    const digest = createHash('sha256').update(text.map(([name, value]) => `${name}:${value}\n`).join(''));
    if (!sameSignature(sign('TRAILER', previous, [digest.digest('hex')]), signature)) throw mismatch('the trailer');
  }
  onTrailers(trailers);
}

function parseChunkHead(line: string): { readonly sizeBytes: number; readonly signature: string } {
  const match = /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (match?.[1] === undefined) throw malformed();
  return { sizeBytes: Number.parseInt(match[1], 16), signature: match[2] ?? '' };
}

async function readTrailers(line: (maxBytes: number) => Promise<string>): Promise<Trailers> {
  const trailers = new Map<string, string>();
  for (let text = await line(MAX_LINE_BYTES); text !== ''; text = await line(MAX_LINE_BYTES)) {
    const colon = text.indexOf(':');
    if (colon < 1 || trailers.size >= MAX_TRAILERS) throw malformed();
    trailers.set(text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim());
  }
  return trailers;
}

function malformed(): S3Failure {
  return new S3Failure('IncompleteBody', 'The body is not aws-chunked as announced.');
}

function mismatch(what: string): S3Failure {
  return new S3Failure('SignatureDoesNotMatch', `The signature of ${what} does not match.`);
}
