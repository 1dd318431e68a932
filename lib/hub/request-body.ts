import type { IncomingMessage } from 'node:http';
import { type PassThrough, Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ContentTooLarge } from './http-error.ts';

/** A body up to this size is read completely before it is used. */
const GATHERED_BYTES = 4 * 2 ** 20;

/**
 * Returns the body of a request, decompressed if it is gzip. Waits until a small body is complete. Reading fails with
 * {@link ContentTooLarge} past `maxBytes` of decompressed data.
 * @throws ContentTooLarge when the Content-Length is larger.
 */
export async function requestBody(request: IncomingMessage, maxBytes: number): Promise<Readable> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new ContentTooLarge();
  const isPacked = /^(?:x-)?gzip$/.test(request.headers['content-encoding'] ?? '');
  const source = limited(isPacked ? joined(request, createGunzip()) : request, maxBytes);
  source.on('error', () => undefined);
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  while (size <= GATHERED_BYTES) {
    const { value, done } = await iterator.next();
    if (done === true) return Readable.from(chunks, { objectMode: false });
    chunks.push(value);
    size += value.length;
  }
  return Readable.from(
    (async function* () {
      yield* chunks;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    })(),
    { objectMode: false },
  );
}

function limited(source: Readable, maxBytes: number): Readable {
  let size = 0;
  return joined(
    source,
    new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        size += chunk.length;
        if (size > maxBytes) done(new ContentTooLarge());
        else done(null, chunk);
      },
    }),
  );
}

/** Pipes one stream into another so that the end or error of the first also ends the second. */
function joined<Second extends Transform | PassThrough>(first: Readable, second: Second): Second {
  first.once('error', (error) => second.destroy(error));
  first.once('close', () => {
    if (!first.readableEnded) second.destroy(new Error('the body broke off'));
  });
  first.pipe(second);
  return second;
}
