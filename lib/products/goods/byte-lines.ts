import { isUtf8 } from 'node:buffer';

/** A line of a file: its text, or `too-long`. */
export type ByteLine =
  | { readonly kind: 'text'; readonly text: string; readonly mended: boolean }
  | { readonly kind: 'too-long' };

/**
 * Splits bytes into lines at LF (a CR before it goes too). Bytes that aren't UTF-8 become U+FFFD and the line is marked
 * `mended`; a line over `maxBytes` becomes `too-long` and is never held in memory. Lines come in batches of one chunk.
 */
export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<readonly ByteLine[], void> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest: Buffer = Buffer.alloc(0);
  let isSkipping = false;
  let isFirst = true;
  const lineOf = (bytes: Buffer): ByteLine => {
    let end = bytes.length;
    if (end > 0 && bytes[end - 1] === 0x0d) end -= 1;
    const start = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    isFirst = false;
    const line = bytes.subarray(start, end);
    if (line.length > maxBytes) return { kind: 'too-long' };
    return isUtf8(line)
      ? { kind: 'text', text: line.toString('utf8'), mended: false }
      : { kind: 'text', text: decoder.decode(line), mended: true };
  };
  for await (const chunk of chunks) {
    const lines: ByteLine[] = [];
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
      const part = bytes.subarray(start, end);
      lines.push(isSkipping ? { kind: 'too-long' } : lineOf(rest.length === 0 ? part : Buffer.concat([rest, part])));
      isSkipping = false;
      rest = Buffer.alloc(0);
      start = end + 1;
    }
    if (!isSkipping && start < bytes.length) {
      rest = Buffer.concat([rest, bytes.subarray(start)]);
      if (rest.length > maxBytes + 2) {
        isSkipping = true;
        rest = Buffer.alloc(0);
      }
    }
    if (lines.length > 0) yield lines;
  }
  if (isSkipping) yield [{ kind: 'too-long' }];
  else if (rest.length > 0) yield [lineOf(rest)];
}
