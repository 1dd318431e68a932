import type { LineFormat, LogPlace, LogReader, ParsedLine } from './format.ts';
import { serverEvent } from './irc-events.ts';
import { actionOf, messageOf, NICK, noticeOf } from './irc-names.ts';
import { ircReader } from './irc-reader.ts';
import { createDayClock, dayOfDate, TIME, timeOf } from './irc-times.ts';

const OPENED = /^--- (?:Log opened|Day changed) (.+)$/u;
const STAMPED = new RegExp(String.raw`^(?:(\d{4}-\d{2}-\d{2})[ T])?\[?(${TIME})\]? (.*)$`, 'su');
const MESSAGE = new RegExp(`^<\\s?(${NICK})> ?(.*)$`, 'su');
const ACTION = new RegExp(`^ ?\\* (${NICK}) (.*)$`, 'su');
const NOTICE = /^-([^\s:()!<>]{1,64})(?:\([^)]*\))?(?::(\S+))?- ?(.*)$/su;
const MARKS = /^(?:--- (?:Log opened|Day changed) |\[?\d{1,2}:\d{2}(?::\d{2})?\]? -!- )/u;

/**
 * The logs of irssi (`/SET autolog`, irssi.org/documentation/settings): a header with the day, `HH:MM <@nick> text`, ` * nick` for
 * actions, `-!-` for what the server says.
 */
export const irssiFormat: LineFormat = {
  name: 'irssi',
  form: 'irssi',
  unit: 'lines',
  recognize: ({ lines, day }) => {
    if (lines.some((line) => MARKS.test(line))) return 'certain';
    return day !== undefined && lines.some((line) => /^\d\d:\d\d(?::\d\d)? <\s?[^\s<>]+> /u.test(line))
      ? 'possible'
      : 'no';
  },
  open: openIrssi,
};

function openIrssi(place: LogPlace): LogReader<string> {
  const clock = createDayClock();
  return ircReader(place, (line): ParsedLine => {
    if (line.trim() === '') return { kind: 'blank' };
    const opened = OPENED.exec(line)?.[1];
    const day = opened === undefined ? undefined : dayOfDate(opened);
    if (day !== undefined) {
      clock.setDay(day);
      return { kind: 'day', day };
    }
    if (line.startsWith('--- ')) return { kind: 'server' };
    const [, date, written = '', rest = ''] = STAMPED.exec(line) ?? [];
    const time = timeOf(written);
    if (time === undefined) return { kind: 'unknown' };
    const at = date === undefined ? clock.at(time) : ({ kind: 'clock', day: date, time } as const);
    if (rest.startsWith('-!- ')) return serverEvent(rest.slice(4)) ?? { kind: 'server' };
    const [, nick, text = ''] = MESSAGE.exec(rest) ?? [];
    if (nick !== undefined) return messageOf(at, nick, text);
    const [, actor, act = ''] = ACTION.exec(rest) ?? [];
    if (actor !== undefined) return actionOf(at, actor, act, false);
    const [, noticer, target, notice = ''] = NOTICE.exec(rest) ?? [];
    if (noticer !== undefined) return noticeOf(at, noticer, target, notice);
    // A message of one person to another: `[nick(user@host)] text`, `[msg(nick)] text`.
    return rest.startsWith('[') ? { kind: 'private' } : { kind: 'server' };
  });
}
