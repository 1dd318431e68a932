import { isDay, type LineFormat, type LogPlace, type LogReader, type ParsedLine } from './format.ts';
import { serverEvent } from './irc-events.ts';
import { actionOf, ircSpeaker, messageOf, NICK, noticeOf } from './irc-names.ts';
import { ircReader } from './irc-reader.ts';
import { dayFrom, dayOfDate, timeOf } from './irc-times.ts';

const BEGIN = /^\*{4} BEGIN LOGGING AT (.+)$/u;
const STAMPED = /^(\p{L}{3})\p{L}*\.? +(\d{1,2}) (\d{2}:\d{2}:\d{2}) (.*)$/su;
const MESSAGE = new RegExp(`^<(${NICK})>\\s(.*)$`, 'su');
const EVENT = /^\*\t(.*)$/su;
const ACTION = new RegExp(`^(${NICK}) (.*)$`, 'su');
const NOTICE = /^-([^\s/<>]{1,64})(?:\/(\S+))?-\t(.*)$/su;
/** `>nick<` sent to one person, `*nick*` received from one. */
const PRIVATE = /^(?:>\S+<|\*\S+\*)\t/u;

/**
 * The logs of HexChat and XChat (`/set irc_logging`): `**** BEGIN LOGGING AT` with the year, `Mon DD HH:MM:SS <nick>` and a tab.
 * What the server says has the star of actions; a star counts as an action if it is none of the usual lines and the person speaks.
 */
export const hexchatFormat: LineFormat = {
  name: 'hexchat',
  form: 'HexChat',
  unit: 'lines',
  recognize: ({ lines }) =>
    lines.some((line) => BEGIN.test(line) || /^\p{L}{3} \d\d \d\d:\d\d:\d\d (?:<\S+>|\*)\t/u.test(line))
      ? 'certain'
      : 'no',
  open: openHexchat,
};

function openHexchat(place: LogPlace): LogReader<string> {
  let year = place.day === undefined ? undefined : Number(place.day.slice(0, 4));
  let last = '';
  return ircReader(place, (line): ParsedLine => {
    if (line.trim() === '') return { kind: 'blank' };
    const begun = BEGIN.exec(line)?.[1];
    const day = begun === undefined ? undefined : dayOfDate(begun);
    if (day !== undefined) {
      year = Number(day.slice(0, 4));
      last = day;
      return { kind: 'day', day };
    }
    if (line.startsWith('**** ')) return { kind: 'server' };
    const [, month = '', date = '', written = '', rest = ''] = STAMPED.exec(line) ?? [];
    const time = timeOf(written);
    if (time === undefined || year === undefined) return { kind: 'unknown' };
    let today = dayFrom(year, month, date);
    // A new year begins between two lines.
    if (today !== undefined && today < last && last.slice(5, 7) === '12' && month.toLowerCase() === 'jan') {
      year += 1;
      today = dayFrom(year, month, date);
    }
    if (today === undefined || !isDay(today)) return { kind: 'unknown' };
    last = today;
    const at = { kind: 'clock', day: today, time } as const;
    const [, nick, text = ''] = MESSAGE.exec(rest) ?? [];
    if (nick !== undefined) return messageOf(at, nick, text);
    const [, event] = EVENT.exec(rest) ?? [];
    if (event !== undefined) return eventOf(event, at);
    const [, noticer, target, notice = ''] = NOTICE.exec(rest) ?? [];
    if (noticer !== undefined) return noticeOf(at, noticer, target, notice);
    return PRIVATE.test(rest)
      ? { kind: 'private', by: ircSpeaker(rest.slice(1).split(/[<*]/, 1)[0] ?? '') }
      : { kind: 'server' };
  });
}

function eventOf(
  event: string,
  at: { readonly kind: 'clock'; readonly day: string; readonly time: string },
): ParsedLine {
  const known = serverEvent(event);
  if (known !== undefined) return known;
  const [, actor, act = ''] = ACTION.exec(event) ?? [];
  return actor === undefined ? { kind: 'server' } : actionOf(at, actor, act, true);
}
