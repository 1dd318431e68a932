import type { LineFormat, LogPlace, LogReader, ParsedLine } from './format.ts';
import { timeOf } from './irc-times.ts';
import { createDateOrders, dayInOrder } from './whatsapp-dates.ts';

/** An exported chat of two is a private conversation. */
const LEAST_PEOPLE = 3;

const DATE = String.raw`(\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?)`;
/** Between day and time: nothing or a word of the phone's language. */
const AT = String.raw`,?(?: (?:à|at|um|kl\.?|alle|às|a las|o))?`;
const CLOCK = String.raw`(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[\s\u202f\u00a0]*[ap]\.?[\s\u202f\u00a0]*m\.?)?)`;
const ANDROID = new RegExp(`^[\\u200e\\u200f]?${DATE}${AT} ${CLOCK}\\s[-–]\\s(.*)$`, 'isu');
const IOS = new RegExp(`^[\\u200e\\u200f]?\\[${DATE}${AT} ${CLOCK}\\] (.*)$`, 'isu');
/** A name has no quotation marks: what the program says of names of groups does. */
const SPOKEN = /^([^:"“”«»]{1,100}): ?(.*)$/su;
/** Marks of direction that stand around names and numbers. */
const MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** Stands for a file or for something that the program says in the place of a text. */
const OF_PROGRAM =
  /^(?:\u200e|<[^<>]{1,60}>\s*$|(?:this message was deleted|you deleted this message|se elimin[oó] este mensaje|este mensaje fue eliminado|eliminaste este mensaje|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|ce message a été supprimé|vous avez supprimé ce message|mensagem apagada|esta mensagem foi apagada|você apagou esta mensagem|questo messaggio è stato eliminato|hai eliminato questo messaggio|dit bericht is verwijderd|je hebt dit bericht verwijderd|null)\.?\s*$|\S+\.\w{2,5} \([^()]{1,40}\)\s*$)/iu;
/** Somebody has a new number, in the words of the program. */
const RENUMBERED =
  /^(.{1,100}?) (?:changed to|hat zu|cambi[oó] a|a changé pour|est passé(?:e)? à|mudou para|ha cambiato (?:numero )?in|è passato a|is gewijzigd (?:in|naar)|heeft gewijzigd naar) (.{1,100}?)(?: gewechselt| geändert)?\.?(?: .{0,20}(?:Tap|Tippe|Toca|Tocca|Toque|Tik|Appuyez)\b.*)?$/u;
const EDITED =
  /(?:\u200e<[^<>]{1,80}>|<(?:this message was edited|se edit[oó] este mensaje|diese nachricht wurde bearbeitet|ce message a été modifié|mensagem editada|questo messaggio è stato modificato)\.?>)\s*$/iu;

/**
 * The text of a group's chat as WhatsApp exports it (faq.whatsapp.com, "export your group chat history"), from Android or iOS. The order of
 * day and month depends on the phone: it is told by all dates of the file together, and a file that leaves it open is refused.
 */
export const whatsappFormat: LineFormat = {
  name: 'whatsapp',
  form: 'the exported text of WhatsApp groups',
  unit: 'lines',
  recognize: ({ lines }) => (lines.some((line) => headOf(line) !== undefined) ? 'certain' : 'no'),
  open: openWhatsapp,
};

function openWhatsapp(place: LogPlace): LogReader<string> {
  const dates = createDateOrders(place.day, place.dateOrder);
  const people = new Set<string>();
  const foresee = (line: string): void => {
    const head = headOf(line);
    if (head === undefined) return;
    dates.see(head.date);
    const name = SPOKEN.exec(head.rest)?.[1];
    if (name !== undefined && people.size < LEAST_PEOPLE) people.add(nameOf(name));
  };
  const read = (line: string): ParsedLine => {
    const head = headOf(line);
    if (head === undefined) return { kind: 'continued', text: line.replace(EDITED, '') };
    const order = dates.order();
    const day = order === undefined ? undefined : dayInOrder(head.date, order);
    const time = timeOf(head.time);
    if (day === undefined || time === undefined) return { kind: 'unknown' };
    if (people.size < LEAST_PEOPLE) return { kind: 'private' };
    const [, name, text = ''] = SPOKEN.exec(head.rest) ?? [];
    const by = { nick: nameOf(name ?? ''), aliases: [] };
    if (name === undefined || by.nick === '') return renumbered(head.rest) ?? { kind: 'server' };
    if (OF_PROGRAM.test(text)) return { kind: 'presence', people: [by] };
    return {
      kind: 'message',
      at: { kind: 'clock', day, time },
      by,
      text: text.replace(EDITED, '').replace(MARKS, ''),
      action: false,
    };
  };
  const refusal = (): string | undefined => {
    if (people.size < LEAST_PEOPLE)
      return `fewer than ${LEAST_PEOPLE} people speak in it, so it is a private conversation: leave it out`;
    if (dates.order() !== undefined) return undefined;
    return 'its dates may be in either order of day and month: set dateOrder in corpus.yaml to day-first or month-first, or put the day of one of them into its name, as in `chat 2024-05-13.txt`';
  };
  return { foresee, read, refusal };
}

/** A change of number, which is a change of name to the log. */
function renumbered(text: string): ParsedLine | undefined {
  const [, from, to] = RENUMBERED.exec(text.replace(MARKS, '')) ?? [];
  const names = [nameOf(from ?? ''), nameOf(to ?? '')] as const;
  if (names.includes('')) return undefined;
  return { kind: 'presence', people: names.map((nick) => ({ nick, aliases: [] })), rename: names };
}

function headOf(line: string): { readonly date: string; readonly time: string; readonly rest: string } | undefined {
  const [, date, time = '', rest = ''] = ANDROID.exec(line) ?? IOS.exec(line) ?? [];
  return date === undefined ? undefined : { date, time, rest };
}

/** A name without marks, and without the sign of people who are not in the phone's address book. */
function nameOf(written: string): string {
  return written
    .replace(MARKS, '')
    .replace(/^~[\s\u202f\u00a0]*/u, '')
    .trim();
}
