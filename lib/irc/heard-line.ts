import { LRUCache } from 'lru-cache';
import type { HeardLine } from '../core/channel.ts';
import { parseAnnouncement } from './parse.ts';
import { cleanLine } from './text.ts';

/** Parses a line from the server. Never throws. @param at when it was received, in seconds since 1970. */
export type LineReader = (nick: string, raw: string, at: number) => HeardLine;

export const parseHeardLine: LineReader = (nick, raw, at) => {
  const text = cleanLine(raw);
  return { nick, text, said: parseAnnouncement(text), at };
};

/** How many lines are remembered: more than all agents of a host are behind with one another. */
const SHARED_LINES = 1000;

/**
 * Creates a {@link LineReader} for all connections of a host: what each of them hears is parsed once and kept once. A line is
 * the same when nick, text and second are.
 */
export function createSharedLineReader(): LineReader {
  const lines = new LRUCache<string, HeardLine>({ max: SHARED_LINES });
  return (nick, raw, at) => {
    const key = `${at} ${nick} ${raw}`;
    const known = lines.get(key);
    if (known !== undefined) return known;
    // A copy: the received text is a part of a larger buffer, which would be kept with it.
    const line = parseHeardLine(nick, Buffer.from(raw).toString(), at);
    lines.set(key, line);
    return line;
  };
}
