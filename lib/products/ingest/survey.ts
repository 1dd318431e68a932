import { createReadStream } from 'node:fs';
import { byteLines } from '../goods/byte-lines.ts';
import type { YieldToLoop } from '../yield-to-loop.ts';
import type { ChatFormat } from './formats/format.ts';
import { gatherWords } from './word-use.ts';

/** Longer lines of a log are skipped, in bytes. */
export const MAX_LOG_LINE_BYTES = 64 * 1024;

/** How many bytes of a file are read to detect binary data. */
const SNIFF_BYTES = 64 * 1024;

/** A log's words are gathered up to this many. */
const MAX_WORDS = 200_000;

/** What a message begins with when it is addressed to somebody. */
const ADDRESSED = /^\s?@?([^\s:,]{2,64})\s?[:,](?!\/\/)/u;

/** The people of a log, collected before its messages are read. */
export interface Survey {
  /** All nicks, as they are written. */
  readonly nicks: ReadonlySet<string>;
  readonly speakers: ReadonlySet<string>;
  readonly renames: readonly (readonly [string, string])[];
  readonly messages: number;
  /** Those of the speakers, in lower case, to whom a message is addressed as in `nick: text` or `nick, text`. */
  readonly addressed: ReadonlySet<string>;
  /** The words of its messages in lower case that are nobody's nick in it; empty unless asked for. */
  readonly words: ReadonlySet<string>;
}

/** Reads the nicks of a log; `binary` when it isn't text. */
export async function surveyFile(
  path: string,
  format: ChatFormat,
  options: { readonly yieldToLoop: YieldToLoop; readonly withWords: boolean },
): Promise<Survey | 'binary'> {
  const words = new Set<string>();
  const nicks = new Set<string>();
  const speakers = new Set<string>();
  const renames: (readonly [string, string])[] = [];
  const starts = new Set<string>();
  let messages = 0;
  let sniffed = 0;
  const chunks = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of createReadStream(path, { highWaterMark: 32 * 1024 })) yield Buffer.from(chunk);
  };
  const watched = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of chunks()) {
      if (sniffed < SNIFF_BYTES && isBinary(chunk)) throw BINARY;
      sniffed += chunk.length;
      yield chunk;
    }
  };
  try {
    for await (const batch of byteLines(watched(), MAX_LOG_LINE_BYTES)) {
      for (const line of batch) {
        if (line.kind === 'too-long') continue;
        const parsed = format.parse(line.text);
        if (parsed.kind === 'message' && !parsed.onlyOfSpeakers) {
          messages += 1;
          if (options.withWords && words.size < MAX_WORDS) gatherWords(words, parsed.text);
          const start = ADDRESSED.exec(parsed.text)?.[1];
          if (start !== undefined && starts.size < MAX_WORDS) starts.add(start.toLowerCase());
          speakers.add(parsed.nick);
          nicks.add(parsed.nick);
          for (const alias of parsed.aliases) nicks.add(alias);
        } else if (parsed.kind === 'presence') {
          for (const nick of parsed.nicks) nicks.add(nick);
          if (parsed.rename !== undefined) renames.push(parsed.rename);
        }
      }
      await options.yieldToLoop();
    }
  } catch (error) {
    if (error === BINARY) return 'binary';
    throw error;
  }
  for (const nick of nicks) words.delete(nick.toLowerCase());
  const addressed = new Set([...speakers].map((nick) => nick.toLowerCase()).filter((nick) => starts.has(nick)));
  return { nicks, speakers, renames, messages, addressed, words };
}

const BINARY = new Error('binary');

/** Text has no NUL and few other controls; a log with broken bytes in it is still text. */
function isBinary(chunk: Uint8Array): boolean {
  let controls = 0;
  for (const byte of chunk) {
    if (byte === 0) return true;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27 && byte !== 15 && byte !== 22 && byte !== 29 && byte !== 31))
      controls += 1;
  }
  return controls * 20 > chunk.length;
}
