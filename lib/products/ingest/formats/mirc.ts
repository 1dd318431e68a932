import type { LineFormat, LogPlace, LogReader, ParsedLine, SentAt } from './format.ts';
import { serverEvent } from './irc-events.ts';
import { actionOf, ircSpeaker, messageOf, NICK, noticeOf } from './irc-names.ts';
import { ircReader } from './irc-reader.ts';
import { createDayClock, dayOfDate, TIME, timeOf } from './irc-times.ts';

const SESSION = /^Session (Start|Time|Close|Ident): (.+)$/u;
const STAMPED = new RegExp(String.raw`^[[(]?(${TIME})[\])]? (.*)$`, 'siu');
const MESSAGE = new RegExp(`^<(${NICK})> ?(.*)$`, 'su');
const ACTION = new RegExp(`^\\* (${NICK}) (.*)$`, 'su');
const NOTICE = /^-([^\s:()!<>]{1,64})(?::(\S+))?- ?(.*)$/su;
const MARKS =
  /^(?:Session (?:Start|Close|Ident|Time): |\[\d{1,2}:\d{2}\S{0,6}\] \* (?:Now talking in #|\S+ \([^)@\s]+@[^)\s]+\) |\S+ (?:is now known as|sets mode) ))/u;
/** Bold, colours and the like, which mIRC writes as they are unless told not to. */
const FORMATTING = /\u0003(?:\d{1,2}(?:,\d{1,2})?)?|[\u0002\u000f\u0011\u0016\u001d-\u001f]/gu;

/**
 * The logs of mIRC (mirc.com/help, "Logging"): sessions with their day and channel, `[HH:MM] <nick> text`. What the server says has
 * the star of actions; a star counts as an action if it is none of the usual lines and the person speaks. Sessions with one person
 * are private.
 */
export const mircFormat: LineFormat = {
  name: 'mirc',
  form: 'mIRC',
  unit: 'lines',
  recognize: ({ lines }) => (lines.some((line) => MARKS.test(line.replace(FORMATTING, ''))) ? 'certain' : 'no'),
  open: openMirc,
};

function openMirc(place: LogPlace): LogReader<string> {
  const clock = createDayClock();
  let isPrivate = false;
  let hasPrivate = false;
  let hasChannel = false;
  const reader = ircReader(place, (coloured): ParsedLine => {
    const line = coloured.replace(FORMATTING, '');
    if (line.trim() === '') return { kind: 'blank' };
    const [, field, value = ''] = SESSION.exec(line) ?? [];
    if (field !== undefined) {
      if (field === 'Ident') isPrivate = !/^[#&]/.test(value);
      if (field === 'Start') isPrivate = false;
      const day = field === 'Start' || field === 'Time' ? dayOfDate(value) : undefined;
      if (day === undefined) return { kind: 'server' };
      clock.setDay(day);
      return { kind: 'day', day };
    }
    const [, written = '', rest = ''] = STAMPED.exec(line) ?? [];
    const time = timeOf(written);
    if (time === undefined) return { kind: 'unknown' };
    const at = clock.at(time);
    if (isPrivate) hasPrivate = true;
    else hasChannel = true;
    return isPrivate ? { kind: 'private' } : spokenOf(rest, at);
  });
  const refusal = (): string | undefined =>
    hasPrivate && !hasChannel ? 'all its sessions are conversations with one person: leave it out' : reader.refusal?.();
  return { ...reader, refusal };
}

function spokenOf(rest: string, at: SentAt): ParsedLine {
  const [, nick, text = ''] = MESSAGE.exec(rest) ?? [];
  if (nick !== undefined) return messageOf(at, nick, text);
  if (rest.startsWith('* ')) {
    const known = serverEvent(rest.slice(2));
    if (known !== undefined) return known;
    const [, actor, act = ''] = ACTION.exec(rest) ?? [];
    return actor === undefined ? { kind: 'server' } : actionOf(at, actor, act, true);
  }
  const [, noticer, target, notice = ''] = NOTICE.exec(rest) ?? [];
  if (noticer !== undefined) return noticeOf(at, noticer, target, notice);
  // `*nick* text` from one person, `-> *nick* text` to one.
  const [, other] = /^(?:-> )?[*-](\S{1,64})[*-] /u.exec(rest) ?? [];
  return other === undefined ? { kind: 'server' } : { kind: 'private', by: ircSpeaker(other) };
}
