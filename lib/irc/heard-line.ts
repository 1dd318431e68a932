import type { HeardLine } from '../core/channel.ts';
import { parseAnnouncement } from './parse.ts';
import { cleanLine } from './text.ts';

/** Parses a line from the server. Never throws. @param at when it was received, in seconds since 1970. */
export function parseHeardLine(nick: string, raw: string, at: number): HeardLine {
  const text = cleanLine(raw);
  return { nick, text, said: parseAnnouncement(text), at };
}
