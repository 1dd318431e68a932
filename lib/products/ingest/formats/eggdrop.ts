import type { LineFormat, LogPlace, LogReader, ParsedLine } from './format.ts';
import { actionOf, ircSpeaker, messageOf, NICK, noticeOf, presenceOf, renameOf } from './irc-names.ts';
import { ircReader } from './irc-reader.ts';
import { createDayClock, dayOfDate, timeOf } from './irc-times.ts';

const STAMPED = /^\[(\d{2}:\d{2}(?::\d{2})?)\] (.*)$/su;
const DAY = /^--- (.+)$/u;
const MESSAGE = new RegExp(`^<(${NICK})> ?(.*)$`, 'su');
const RENAME = /^Nick change: (\S{1,64}) -> (\S{1,64})\s*$/u;
const ACTION = /^Action: (\S{1,64}) (.*)$/su;
const COMES_OR_GOES = /^(\S{1,64}) \([^)\s]*\) (?:joined|left|got) /u;
const KICK = /^(\S{1,64}) kicked from \S+ by (\S{1,64}?):/u;
const NOTICE = /^-([^\s:()!<>]{1,64})(?: \([^)]*\))?(?::(\S+))?- ?(.*)$/su;
const MARKS =
  /^\[\d{2}:\d{2}(?::\d{2})?\] (?:--- \p{L}{3} \p{L}{3} [ \d]\d \d{4}|Nick change: \S+ -> \S|Action: \S+ |\S+ \(\S+@\S+\) (?:joined #|left (?:#|irc)))/u;

/**
 * The channel logs of Eggdrop (docs.eggheads.org, `logfile jpk #lab`): `[HH:MM] <nick> text`, `Action: nick …`, `Nick change: a -> b`,
 * a line with the day at midnight.
 */
export const eggdropFormat: LineFormat = {
  name: 'eggdrop',
  form: 'Eggdrop',
  unit: 'lines',
  recognize: ({ lines }) => (lines.some((line) => MARKS.test(line)) ? 'certain' : 'no'),
  open: openEggdrop,
};

function openEggdrop(place: LogPlace): LogReader<string> {
  const clock = createDayClock();
  return ircReader(place, (line): ParsedLine => {
    if (line.trim() === '') return { kind: 'blank' };
    const [, written = '', rest = ''] = STAMPED.exec(line) ?? [];
    const time = timeOf(written);
    if (time === undefined) return { kind: 'unknown' };
    const dated = DAY.exec(rest)?.[1];
    const day = dated === undefined ? undefined : dayOfDate(dated);
    if (day !== undefined) {
      clock.setDay(day);
      return { kind: 'day', day };
    }
    const at = clock.at(time);
    const [, nick, text = ''] = MESSAGE.exec(rest) ?? [];
    if (nick !== undefined) return messageOf(at, nick, text);
    const [, from, to] = RENAME.exec(rest) ?? [];
    if (from !== undefined && to !== undefined) return renameOf(from, to);
    const [, actor, act = ''] = ACTION.exec(rest) ?? [];
    if (actor !== undefined) return actionOf(at, actor, act, false);
    const visitor = COMES_OR_GOES.exec(rest)?.[1];
    if (visitor !== undefined) return presenceOf(visitor);
    const [, kicked, kicker] = KICK.exec(rest) ?? [];
    if (kicked !== undefined && kicker !== undefined) return presenceOf(kicked, kicker);
    const [, noticer, target, notice = ''] = NOTICE.exec(rest) ?? [];
    if (noticer !== undefined) return noticeOf(at, noticer, target, notice);
    // `[nick!user@host] text` is said to the bot alone.
    const asked = /^\[([^\s!]{1,64})!/u.exec(rest)?.[1];
    return asked === undefined ? { kind: 'server' } : { kind: 'private', by: ircSpeaker(asked) };
  });
}
