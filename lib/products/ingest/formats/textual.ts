import type { LineFormat, LogPlace, LogReader, ParsedLine } from './format.ts';
import { sentAtIso } from './instants.ts';
import { serverEvent } from './irc-events.ts';
import { actionOf, messageOf, NICK, noticeOf } from './irc-names.ts';
import { ircReader } from './irc-reader.ts';

const STAMPED = /^\[(\d{4}-\d{2}-\d{2}[T ][\d:.+-]+Z?)\] (.*)$/su;
const MESSAGE = new RegExp(`^<(${NICK})> ?(.*)$`, 'su');
const ACTION = new RegExp(`^(?:•|\\*) (${NICK}?):? (.*)$`, 'su');
const NOTICE = /^-([^\s:()!<>]{1,64})(?::(\S+))?- ?(.*)$/su;

/**
 * The transcripts of Textual (help.codeux.com/textual, "Logging"): `[YYYY-MM-DDTHH:MM:SS+ZZZZ] <nick> text`, a dot before actions, none
 * before what the server says. The zone may be left out.
 */
export const textualFormat: LineFormat = {
  name: 'textual',
  form: 'Textual',
  unit: 'lines',
  recognize: ({ lines }) =>
    lines.some((line) => /^(?:<\S+> |[•*] \S+ )/u.test(STAMPED.exec(line)?.[2] ?? '')) ? 'certain' : 'no',
  open: openTextual,
};

function openTextual(place: LogPlace): LogReader<string> {
  return ircReader(place, (line): ParsedLine => {
    if (line.trim() === '') return { kind: 'blank' };
    const [, stamp = '', rest = ''] = STAMPED.exec(line) ?? [];
    const at = sentAtIso(stamp);
    if (at === undefined) return { kind: 'unknown' };
    const [, nick, text = ''] = MESSAGE.exec(rest) ?? [];
    if (nick !== undefined) return messageOf(at, nick, text);
    const [, actor, act = ''] = ACTION.exec(rest) ?? [];
    if (actor !== undefined) return serverEvent(`${actor} ${act}`) ?? actionOf(at, actor, act, true);
    const [, noticer, target, notice = ''] = NOTICE.exec(rest) ?? [];
    if (noticer !== undefined) return noticeOf(at, noticer, target, notice);
    return serverEvent(rest) ?? { kind: 'server' };
  });
}
