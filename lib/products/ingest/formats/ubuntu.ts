import type { LineFormat, ParsedLine } from './format.ts';
import { serverTalk } from './server-talk.ts';
import { withoutStatus } from './status-prefix.ts';

const TIME = String.raw`^\[((?:[01]\d|2[0-3]):[0-5]\d)\]`;
const MESSAGE = new RegExp(String.raw`${TIME} {0,2}<\s?([^\s<>]{1,64})> ?(.*)$`, 'su');
const ACTION = new RegExp(String.raw`${TIME} {1,2}\* (.+)$`, 'su');
const ACTOR = /^([^\s<>]{1,64}) (.*)$/su;
const NOTICE = new RegExp(String.raw`${TIME} -([^\s:<>]{1,64}):(\S+?)-(?: (.*))?$`, 'su');
/** Notices and messages to one person only: `-bob- text`, `*bob* text`, `>bob< text`. */
const TO_ONE = new RegExp(
  String.raw`${TIME} (?:-([^\s<>:]{1,80})-|\*([^\s<>*]{1,80})\*|>[^\s<>]{1,80}<|->)(?: .*)?$`,
  'su',
);
const RENAME = /^=== (\S{1,64}) is now known as (\S{1,64})\s*$/u;
const COMING_AND_GOING = /^=== (\S{1,64}) \[[^\]]*\]\s+has (?:joined|left|quit)\b/u;
const SERVER_TALK = /^=== (?:mode\/|topic|\S+ sets mode|\S+ changes|\(|#)/iu;
const NICK_LINE = /^=== ([^\s<>]{1,64}) (.+)$/su;

/**
 * The logs of Ubuntu's channels (irclogs.ubuntu.com), a day a file: `[HH:MM] <nick> text`, actions, and `===` for what the
 * server says. In the oldest ones actions have the server's `===` too and no time. Renames join no two people. A notice to operators
 * (`@#channel`) or to one person is private.
 */
export const ubuntuFormat: LineFormat = {
  name: 'ubuntu',
  form: 'a day a file, the day in its name, with `[HH:MM] <nick> text`',
  unit: 'lines',
  recognize: ({ lines, day }) =>
    day !== undefined && lines.some((line) => MESSAGE.test(line) || isAction(line) || isPresence(line))
      ? 'possible'
      : 'no',
  open: () => ({ read: parseUbuntuLine }),
};

function isAction(line: string): boolean {
  return ACTION.test(line) && parseUbuntuLine(line).kind === 'message';
}

function isPresence(line: string): boolean {
  return RENAME.test(line) || COMING_AND_GOING.test(line);
}

function parseUbuntuLine(line: string): ParsedLine {
  if (line.trim() === '') return { kind: 'blank' };
  if (line.startsWith('=== ')) return serverLine(line);
  const [, time = '', nick, text = ''] = MESSAGE.exec(line) ?? [];
  if (nick !== undefined) return message(time, nick, text, false);
  const [, actedAt = '', act] = ACTION.exec(line) ?? [];
  if (act !== undefined) return action(actedAt, act);
  return noticeLine(line) ?? { kind: 'unknown' };
}

function message(time: string, nick: string, text: string, action: boolean): ParsedLine {
  return { kind: 'message', at: { kind: 'clock', time }, by: { nick: withoutStatus(nick), aliases: [] }, text, action };
}

function action(time: string, act: string): ParsedLine {
  const [, nick, text = ''] = ACTOR.exec(act) ?? [];
  return serverTalk(act) ?? (nick === undefined ? { kind: 'unknown' } : message(time, nick, text, true));
}

function noticeLine(line: string): ParsedLine | undefined {
  const [, time = '', from, target = '', text = ''] = NOTICE.exec(line) ?? [];
  if (from !== undefined) {
    const nick = from.replace(/[(!].*$/, '');
    return /^[#&]/.test(target)
      ? message(time, nick, text, false)
      : { kind: 'private', by: { nick: withoutStatus(nick), aliases: [] } };
  }
  const one = TO_ONE.exec(line);
  if (one === null) return undefined;
  const nick = (one[2] ?? one[3])?.replace(/[(!].*$/, '');
  return nick === undefined ? { kind: 'private' } : { kind: 'private', by: { nick, aliases: [] } };
}

function serverLine(line: string): ParsedLine {
  const rename = RENAME.exec(line);
  if (rename !== null) {
    const names = [withoutStatus(rename[1] ?? ''), withoutStatus(rename[2] ?? '')] as const;
    return { kind: 'presence', people: names.map((nick) => ({ nick, aliases: [] })), rename: names };
  }
  const visitor = COMING_AND_GOING.exec(line)?.[1];
  if (visitor !== undefined) return { kind: 'presence', people: [{ nick: withoutStatus(visitor), aliases: [] }] };
  if (SERVER_TALK.test(line)) return { kind: 'server' };
  const [, nick, text] = NICK_LINE.exec(line) ?? [];
  if (nick === undefined || text === undefined) return { kind: 'server' };
  const talk = serverTalk(line.slice(4));
  if (talk !== undefined) return talk;
  return {
    kind: 'message',
    at: { kind: 'clock' },
    by: { nick: withoutStatus(nick), aliases: [] },
    text,
    action: true,
    onlyOfSpeakers: true,
  };
}
