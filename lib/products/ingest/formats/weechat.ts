import type { LineFormat, ParsedLine } from './format.ts';
import { serverEvent } from './irc-events.ts';
import { actionOf, messageOf } from './irc-names.ts';
import { ircReader } from './irc-reader.ts';
import { timeOf } from './irc-times.ts';

const LINE = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})\t([^\t]*)\t(.*)$/su;
/** `-->` joins, `<--` parts and quits, `--` the server and the program, `=!=` errors. */
const OF_SERVER: ReadonlySet<string> = new Set(['-->', '<--', '--', '=!=', '']);

/**
 * The logs of WeeChat's logger (weechat.org, user's guide, `logger.file.time_format` as it is by default): date and time, prefix,
 * text, with tabs between.
 */
export const weechatFormat: LineFormat = {
  name: 'weechat',
  form: 'WeeChat',
  unit: 'lines',
  recognize: ({ lines }) => (lines.some((line) => LINE.test(line)) ? 'certain' : 'no'),
  open: (place) => ircReader(place, readLine),
};

function readLine(line: string): ParsedLine {
  if (line.trim() === '') return { kind: 'blank' };
  const [, day = '', written = '', column = '', text = ''] = LINE.exec(line) ?? [];
  const time = timeOf(written);
  if (time === undefined) return { kind: 'unknown' };
  const at = { kind: 'clock', day, time } as const;
  const prefix = column.trim();
  if (prefix === '*') {
    const [, nick, act = ''] = /^(\S{1,64}) (.*)$/su.exec(text) ?? [];
    return nick === undefined ? { kind: 'server' } : actionOf(at, nick, act, false);
  }
  if (OF_SERVER.has(prefix)) return serverEvent(text) ?? { kind: 'server' };
  const nick = /^<?\s?([^\s<>]{1,64})>?$/u.exec(prefix)?.[1];
  return nick === undefined ? { kind: 'server' } : messageOf(at, nick, text);
}
