import type { Announcement } from '../core/channel.ts';
import { formatAnnouncement } from '../irc/format.ts';
import { cleanLine, cutBytes, LINE_BYTES, wireNick } from '../irc/text.ts';

/** An agent's reply to a line: an announcement, or an answer in plain words to a person. */
export type Reply = { readonly announcement: Announcement } | { readonly text: string; readonly to: string };

// Starts every answer, and no question. So no agent reads an answer as a question, even if two swarms share a channel and
// treat each other's agents as people.
const MARK = '»';
const ANSWER = new RegExp(`^\\S+ ${MARK}`);

/** Formats a reply as one line of at most 400 bytes. Answers in plain words start with `<nick>: »`. */
export function formatReply(reply: Reply): string {
  if ('announcement' in reply) return formatAnnouncement(reply.announcement);
  return cutBytes(`${wireNick(reply.to)}: ${MARK} ${cleanLine(reply.text)}`, LINE_BYTES);
}

/** Whether a line is an agent's answer in plain words, to which no agent replies. */
export function isAnswer(text: string): boolean {
  return ANSWER.test(cleanLine(text.slice(0, LINE_BYTES)));
}
