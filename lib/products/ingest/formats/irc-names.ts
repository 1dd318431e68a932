import type { ParsedLine, SentAt, Speaker } from './format.ts';

/** A nick as it stands in front of a text, with its signs of status. */
export const NICK = String.raw`[^\s<>]{1,64}`;

/** Who a written nick names: without signs of status (`@`, `+`). */
export function ircSpeaker(written: string, ...others: readonly string[]): Speaker {
  const nick = /^[~&@%+!]*(.+)$/su.exec(written)?.[1] ?? written;
  return { nick, aliases: [...new Set(others.filter((name) => name !== '' && name !== '*' && name !== nick))] };
}

/** People who are named, without a message of theirs. */
export function presenceOf(...nicks: readonly string[]): ParsedLine {
  return { kind: 'presence', people: nicks.map((nick) => ircSpeaker(nick)) };
}

/** A change of nick. */
export function renameOf(from: string, to: string): ParsedLine {
  const people = [ircSpeaker(from), ircSpeaker(to)];
  return { kind: 'presence', people, rename: [ircSpeaker(from).nick, ircSpeaker(to).nick] };
}

/** A message; its nick may have signs of status, and a target behind a colon when it is not of the channel alone. */
export function messageOf(at: SentAt, written: string, text: string): ParsedLine {
  const [, nick = written, target] = /^([^:]+):([~&@%+!]*[#&]\S*)$/u.exec(written) ?? [];
  if (target !== undefined && isOfOperators(target)) return { kind: 'private', by: ircSpeaker(nick) };
  return { kind: 'message', at, by: ircSpeaker(nick), text, action: false };
}

/** An action. Where the server's lines look alike, it counts only if the person speaks in the file. */
export function actionOf(at: SentAt, written: string, text: string, looksAlike: boolean): ParsedLine {
  const action = { kind: 'message', at, by: ircSpeaker(written), text, action: true } as const;
  return looksAlike ? { ...action, onlyOfSpeakers: true } : action;
}

/** A notice: to a channel it is a message, to operators or to one person it is private. */
export function noticeOf(at: SentAt, written: string, target: string | undefined, text: string): ParsedLine {
  const by = ircSpeaker(written);
  if (target === undefined || !/^[#&]/.test(target) || isOfOperators(target)) return { kind: 'private', by };
  return { kind: 'message', at, by, text, action: false };
}

/** Whether a target as in `@#lab` is a part of the channel only. */
function isOfOperators(target: string): boolean {
  return /^[~&@%+!]+[#&]/.test(target);
}
