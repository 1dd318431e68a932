import type { HeardLine } from '../core/channel.ts';
import { parseAnnouncement } from './parse.ts';
import { cleanLine } from './text.ts';

/** Parses a line as it comes from the server, once for all who listen. @param at seconds since 1970. Total: never throws. */
export function parseHeardLine(nick: string, raw: string, at: number): HeardLine {
  const text = cleanLine(raw);
  return { nick, text, said: parseAnnouncement(text), at };
}
