import { stat } from 'node:fs/promises';
import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import { CHAT, type InputRef } from '../definition.ts';
import { MAX_HEADER_BYTES, type RawLogsHeader, rawLogsHeader } from '../goods/raw-logs.ts';
import { badGoods, parseGoods, readLines } from '../goods/read-goods.ts';
import { MAX_MESSAGE_LINE_BYTES, type Message, message } from '../ingest/message.ts';
import type { SharedSettings } from '../settings.ts';
import type { YieldToLoop } from '../yield-to-loop.ts';

/**
 * The maximum number of messages in one file. The largest raw logs have 415,000 of usual length; of the shortest they would have
 * 800,000, whose index takes 330 MiB.
 */
const MAX_MESSAGES = 500_000;

/**
 * The maximum number of different people, days and times in one file: 86,400 times, 20,000 days, and people, of whom half a
 * year of #ubuntu has 15,500. Each takes about 0.3 KB.
 */
const MAX_NAMES = 200_000;

/** The messages of one day: those from `start` up to `end` of the index. */
export interface DaySlice {
  readonly day: string;
  readonly start: number;
  readonly end: number;
}

/** A day file or raw logs, read and checked once. Immutable. */
export interface ChatIndex {
  readonly sizeBytes: number;
  /** The settings in raw logs; a day file has none. */
  readonly corpus: SharedSettings | undefined;
  readonly messages: readonly Message[];
  /** Oldest first. */
  readonly days: readonly DaySlice[];
  /** The indexes of each person's messages, ascending. */
  readonly byPerson: ReadonlyMap<string, readonly number[]>;
}

/**
 * Reads and checks a chat day or raw logs of a stranger.
 * @throws SwarmError `products/bad-goods` when they are invalid, `products/input-changed`.
 */
export async function readChatIndex(input: InputRef, yieldToLoop: YieldToLoop): Promise<ChatIndex> {
  const isChat = input.product === CHAT;
  const { size } = await stat(input.path);
  const maxBytes = maxGoodsBytesOf(input.product);
  if (size > maxBytes) throw badGoods(input.path, `${size} bytes are more than ${maxBytes}`);
  let header: RawLogsHeader | undefined;
  const messages: Message[] = [];
  const days: { day: string; start: number; end: number }[] = [];
  const byPerson = new Map<string, number[]>();
  const names = new Map<string, string>();
  const shared = (text: string): string => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= MAX_NAMES) throw badGoods(input.path, `it has more than ${MAX_NAMES} people, days and times`);
    names.set(text, text);
    return text;
  };
  const take = (line: string) => {
    // Only the header may be longer.
    if (Buffer.byteLength(line) > MAX_MESSAGE_LINE_BYTES) {
      throw badGoods(input.path, `a line is longer than ${MAX_MESSAGE_LINE_BYTES} bytes`);
    }
    const parsed = parseGoods(input.path, line, message);
    const who = shared(parsed.who);
    const day = shared(parsed.day);
    const at = messages.length;
    if (at >= MAX_MESSAGES) throw badGoods(input.path, `it has more than ${MAX_MESSAGES} messages`);
    const last = days.at(-1);
    if (last?.day === day) last.end = at + 1;
    else if (last === undefined || last.day < day) days.push({ day, start: at, end: at + 1 });
    else throw badGoods(input.path, `the day ${day} comes after ${last.day}`);
    const own = byPerson.get(who);
    if (own === undefined) byPerson.set(who, [at]);
    else own.push(at);
    messages.push({ ...parsed, who, day, time: shared(parsed.time), to: parsed.to?.map(shared) });
  };
  for await (const batch of readLines(input, isChat ? MAX_MESSAGE_LINE_BYTES : MAX_HEADER_BYTES)) {
    for (const line of batch) {
      if (!isChat && header === undefined) header = parseGoods(input.path, line, rawLogsHeader);
      else take(line);
      await yieldToLoop();
    }
  }
  if (header !== undefined && !agrees(header, days))
    throw badGoods(input.path, 'its messages are not those of its header');
  if (messages.length === 0) throw badGoods(input.path, 'it has no messages');
  return { sizeBytes: size, corpus: header?.corpus, messages, days, byPerson };
}

function agrees(header: RawLogsHeader, days: readonly DaySlice[]): boolean {
  const stated = header.days.filter(({ messages }) => messages > 0);
  return (
    stated.length === days.length &&
    stated.every(({ day, messages }, at) => {
      const slice = days[at];
      return slice?.day === day && slice.end - slice.start === messages;
    })
  );
}
