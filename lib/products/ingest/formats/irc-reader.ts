import type { LogPlace, LogReader, ParsedLine } from './format.ts';

/** From so many speakers on it can't be the conversation of two people. */
const GROUP = 3;
/** So many names of a file are compared with its path. */
const MAX_NAMES = 100;
/** The sign of an operator or the like in front of a nick, which only channels have. */
const SIGN = /^[^<>\t]{0,40}<[~&@%+!]|^[^\t]{19}\t[~&@%+]/u;

/**
 * Reads an IRC program's log by its lines. Such programs also log the conversations of two people, in files named after the other
 * one: a file whose path and lines name no channel, in which at most two people speak, is refused when its path names one of them.
 */
export function ircReader(place: LogPlace, read: (line: string) => ParsedLine): LogReader<string> {
  const speakers = new Set<string>();
  const names = new Set<string>();
  let isOfChannel = /[#&]/.test(place.path);
  return {
    read: (line) => {
      const parsed = read(line);
      if (isOfChannel) return parsed;
      if (parsed.kind === 'message') {
        speakers.add(parsed.by.nick.toLowerCase());
        if (speakers.size >= GROUP || SIGN.test(line)) isOfChannel = true;
      } else if (parsed.kind === 'presence' || parsed.kind === 'server') {
        if (/(?:^|[\s/:(])[#&][^\s,]/.test(line)) isOfChannel = true;
        if (parsed.kind === 'presence' && names.size < MAX_NAMES)
          for (const { nick } of parsed.people) names.add(nick.toLowerCase());
      }
      return parsed;
    },
    refusal: () => {
      if (isOfChannel || ![...speakers, ...names].some((name) => isIn(place.path, name))) return undefined;
      return 'it is the conversation of two people, not of a channel: leave it out, or name the channel in its path, as in #lab';
    },
  };
}

/** Whether a path names somebody: a part of it between dots and the like. */
function isIn(path: string, name: string): boolean {
  const lower = path.toLowerCase();
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
    const before = at === 0 ? '/' : lower.charAt(at - 1);
    const after = lower.charAt(at + name.length) || '/';
    if (/[/._-]/.test(before) && /[/._-]/.test(after)) return true;
  }
  return false;
}
