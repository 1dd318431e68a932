import { S3Failure } from './s3-failure.ts';

/** Reads lines and numbers of bytes from a stream, buffering at most one chunk and one line. */
export interface ByteReader {
  /** The next line without its end (CR LF, or LF after a bare trailer), decoded as Latin-1. */
  readonly line: (maxBytes: number) => Promise<string>;
  /** The next so many bytes as they come. */
  readonly bytes: (count: number) => AsyncGenerator<Buffer>;
}

/** Creates a reader. All its functions throw IncompleteBody where the stream ends early or a line is too long. */
export function createByteReader(source: AsyncIterable<Buffer>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<Buffer> => {
    const step = await iterator.next();
    if (step.done === true) throw new S3Failure('IncompleteBody', 'The body ended early.');
    return step.value;
  };
  return {
    line: async (maxBytes) => {
      let end = rest.indexOf(0x0a);
      while (end < 0) {
        if (rest.length > maxBytes) throw new S3Failure('IncompleteBody', 'A line of the body is too long.');
        rest = Buffer.concat([rest, await more()]);
        end = rest.indexOf(0x0a);
      }
      const text = rest.subarray(0, end).toString('latin1');
      rest = rest.subarray(end + 1);
      return text.endsWith('\r') ? text.slice(0, -1) : text;
    },
    bytes: async function* (count) {
      for (let left = count; left > 0; ) {
        if (rest.length === 0) rest = await more();
        const piece = rest.subarray(0, left);
        rest = rest.subarray(piece.length);
        left -= piece.length;
        yield piece;
      }
    },
  };
}
