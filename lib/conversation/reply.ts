import type { Announcement } from '../core/channel.ts';
import { formatAnnouncement } from '../irc/format.ts';
import { cleanLine, cutBytes, LINE_BYTES, wireNick } from '../irc/text.ts';

/** What an agent says to what it heard: an announcement, or an answer in plain words to a person. */
export type Reply = { readonly announcement: Announcement } | { readonly text: string; readonly to: string };

// Stands first in every answer. No question starts with it, so whatever an answer goes on to say asks nothing of
// anyone, also where two swarms share a channel and take each other for people.
const MARK = '»';
const ANSWER = new RegExp(`^\\S+ ${MARK}`);

/** Formats a reply as one line of at most 400 bytes. Answers in plain words begin with `<nick>: »`. */
export function formatReply(reply: Reply): string {
  if ('announcement' in reply) return formatAnnouncement(reply.announcement);
  return cutBytes(`${wireNick(reply.to)}: ${MARK} ${cleanLine(reply.text)}`, LINE_BYTES);
}

/** Whether a line is an agent's answer in plain words, which nobody answers. */
export function isAnswer(text: string): boolean {
  return ANSWER.test(cleanLine(text.slice(0, LINE_BYTES)));
}
