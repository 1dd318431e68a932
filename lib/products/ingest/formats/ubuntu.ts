import type { LineFormat, ParsedLine } from './format.ts';

const MESSAGE = /^\[((?:[01]\d|2[0-3]):[0-5]\d)\] {0,2}<\s?([^\s<>]{1,64})> ?(.*)$/su;
const ACTION = /^\[((?:[01]\d|2[0-3]):[0-5]\d)\] {1,2}\* ([^\s<>]{1,64}) (.*)$/su;
const NOTICE = /^\[((?:[01]\d|2[0-3]):[0-5]\d)\] -([^\s:<>]{1,64}):[^\s-]*- ?(.*)$/su;
const RENAME = /^=== (\S{1,64}) is now known as (\S{1,64})\s*$/u;
const COMING_AND_GOING = /^=== (\S{1,64}) \[[^\]]*\]\s+has (?:joined|left|quit)\b/u;
const SERVER_TALK = /^=== (?:mode\/|topic|\S+ sets mode|\S+ changes|\(|#)/iu;
const NICK_LINE = /^=== ([^\s<>]{1,64}) (.+)$/su;

/**
 * The logs of Ubuntu's channels (irclogs.ubuntu.com), a day a file: `[HH:MM] <nick> text`, actions, and `===` for what the
 * server says. In the oldest ones actions have the server's `===` too and no time. Renames join no two people.
 */
export const ubuntuFormat: LineFormat = {
  name: 'ubuntu',
  form: 'a day a file, the day in its name, with `[HH:MM] <nick> text`',
  unit: 'lines',
  recognize: ({ lines, day }) =>
    day !== undefined && lines.some((line) => MESSAGE.test(line) || ACTION.test(line)) ? 'possible' : 'no',
  open: () => ({ read: parseUbuntuLine }),
};

function parseUbuntuLine(line: string): ParsedLine {
  if (line.trim() === '') return { kind: 'blank' };
  if (line.startsWith('=== ')) return serverLine(line);
  const spoken = MESSAGE.exec(line);
  if (spoken !== null) return message(spoken, false);
  const acted = ACTION.exec(line);
  if (acted !== null) return message(acted, true);
  const noticed = NOTICE.exec(line);
  return noticed === null ? { kind: 'unknown' } : message(noticed, false);
}

function message(match: RegExpExecArray, action: boolean): ParsedLine {
  const [, time = '', nick = '', text = ''] = match;
  return { kind: 'message', at: { kind: 'clock', time }, by: { nick, aliases: [] }, text, action };
}

function serverLine(line: string): ParsedLine {
  const rename = RENAME.exec(line);
  if (rename !== null) {
    const [, from = '', to = ''] = rename;
    return { kind: 'presence', people: [from, to].map((nick) => ({ nick, aliases: [] })), rename: [from, to] };
  }
  const visitor = COMING_AND_GOING.exec(line)?.[1];
  if (visitor !== undefined) return { kind: 'presence', people: [{ nick: visitor, aliases: [] }] };
  if (SERVER_TALK.test(line)) return { kind: 'server' };
  const [, nick, text] = NICK_LINE.exec(line) ?? [];
  if (nick === undefined || text === undefined) return { kind: 'server' };
  return {
    kind: 'message',
    at: { kind: 'clock' },
    by: { nick, aliases: [] },
    text,
    action: true,
    onlyOfSpeakers: true,
  };
}
