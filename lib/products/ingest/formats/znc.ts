import type { LineFormat, ParsedLine } from './format.ts';
import { serverEvent } from './irc-events.ts';
import { actionOf, messageOf, NICK } from './irc-names.ts';
import { ircReader } from './irc-reader.ts';
import { timeOf } from './irc-times.ts';

const STAMPED = /^\[(\d{2}:\d{2}:\d{2})\] (.*)$/su;
const MESSAGE = new RegExp(`^<(${NICK})> ?(.*)$`, 'su');
const ACTION = new RegExp(`^\\* (${NICK}) (.*)$`, 'su');
const NOTICE = /^-([^\s:()!<>]{1,64})- (.*)$/su;
const MARKS = /^\[\d{2}:\d{2}:\d{2}\] \*\*\* \S/u;

/**
 * The logs of ZNC's module `log` (wiki.znc.in/Log), a day a file: `[HH:MM:SS] <nick> text`, `* nick` for actions, `***` for what
 * the server says.
 */
export const zncFormat: LineFormat = {
  name: 'znc',
  form: 'ZNC',
  unit: 'lines',
  recognize: ({ lines, day }) => {
    if (day === undefined) return 'no';
    if (lines.some((line) => MARKS.test(line))) return 'certain';
    return lines.some((line) => /^\[\d{2}:\d{2}:\d{2}\] (?:<[^\s<>]+> |\* \S+ )/u.test(line)) ? 'possible' : 'no';
  },
  open: (place) => ircReader(place, readLine),
};

function readLine(line: string): ParsedLine {
  if (line.trim() === '') return { kind: 'blank' };
  const [, written = '', rest = ''] = STAMPED.exec(line) ?? [];
  const time = timeOf(written);
  if (time === undefined) return { kind: 'unknown' };
  const at = { kind: 'clock', time } as const;
  if (rest.startsWith('*** ')) return serverEvent(rest.slice(4)) ?? { kind: 'server' };
  const [, nick, text = ''] = MESSAGE.exec(rest) ?? [];
  if (nick !== undefined) return messageOf(at, nick, text);
  const [, actor, act = ''] = ACTION.exec(rest) ?? [];
  if (actor !== undefined) return actionOf(at, actor, act, false);
  const [, noticer, notice = ''] = NOTICE.exec(rest) ?? [];
  return noticer === undefined ? { kind: 'server' } : messageOf(at, noticer, notice);
}
