/** A text in the form in which names are compared, and where each character of it comes from. */
export interface Folded {
  readonly text: string;
  /** The start in the original of each UTF-16 unit of `text`. */
  readonly startOf: (at: number) => number;
  /** The end in the original of each UTF-16 unit of `text`. */
  readonly endOf: (at: number) => number;
}

/** What stands for a character whose bytes were lost. */
export const LOST = '\ufffd';

/** Letters of other scripts that look like a Latin one, in lower case; by upper case too where those look alike. */
const LOOK_ALIKE: ReadonlyMap<string, string> = new Map(
  [
    ['авсԁеһніјкӏморԛѕтѵԝух', 'abcdehhijklmopqstvwyx'],
    ['αβεικνορτυχ', 'abeikvoptux'],
    ['ɑɡσς', 'agσσ'],
    // Small capitals, letters with hooks and the like, and those of other scripts.
    ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢꮯꭺꮲꭱꭲꮪꭵ', 'abcdefghijklmnoprstuvwyzcaprtsi'],
    ['ɓƈɖɗƒɠɦɨıƙłɱɲŋøƥɽʂƭʉʋⱳƴʐƶđħŧƀȼɇɉɍɏⱥⱦ', 'bcddfghiiklmnnoprstuvwyzzdhtbcejryat'],
    ['օսոհց', 'ounhg'],
  ].flatMap(([from = '', to = '']) => {
    const letters = [...to];
    return [...from].map((letter, at): [string, string] => [letter, letters[at] ?? letter]);
  }),
);

/** RFC 2812, section 2.2: these are one letter. */
const IRC_PAIRS: ReadonlyMap<string, string> = new Map([
  ['[', '{'],
  [']', '}'],
  ['\\', '|'],
  ['~', '^'],
]);

/** What can't be seen: controls, format characters, diacritics, selectors, fillers. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u115f\u1160\u3164\uffa0\u2800]|(?=\p{M})[\p{Script=Inherited}]/gu;

/**
 * Folds a text for comparing names: case (of every script, also ß and the Turkish i), diacritics, full-width and other compatibility
 * forms, invisible characters, IRC's pairs of brackets, and Cyrillic and Greek letters that look Latin are made one. White space
 * becomes a blank. Digits in place of letters (`c4rla`) stay different.
 */
export function fold(text: string): Folded {
  if (/^[\x20-\x7e]*$/.test(text)) {
    return { text: foldAscii(text), startOf: (at) => at, endOf: (at) => at + 1 };
  }
  const starts: number[] = [];
  const ends: number[] = [];
  let folded = '';
  let at = 0;
  for (const point of text) {
    const piece = foldPoint(point);
    for (let unit = 0; unit < piece.length; unit += 1) {
      starts.push(at);
      ends.push(at + point.length);
    }
    folded += piece;
    at += point.length;
  }
  return { text: folded, startOf: (unit) => starts[unit] ?? at, endOf: (unit) => ends[unit] ?? at };
}

/** A name in the form in which it is compared, without blanks. */
export function foldName(name: string): string {
  return fold(name).text.replaceAll(' ', '');
}

function foldAscii(text: string): string {
  return text.toLowerCase().replace(/[[\]\\~]/g, (sign) => IRC_PAIRS.get(sign) ?? sign);
}

function foldPoint(point: string): string {
  if (/\s/u.test(point)) return ' ';
  if (point < '\x80') return point < ' ' || point === '\x7f' ? '' : foldAscii(point);
  const plain = (disguised(point) ?? point.normalize('NFKD')).replace(UNSEEN, '');
  const lower = plain.toLowerCase().toUpperCase().toLowerCase().normalize('NFKD').replace(UNSEEN, '');
  return [...lower].map((letter) => LOOK_ALIKE.get(letter) ?? IRC_PAIRS.get(letter) ?? letter).join('');
}

/** The letter in a filled circle or square, or one whose compatibility form looks otherwise. */
function disguised(point: string): string | undefined {
  if (point === 'ϲ' || point === 'Ϲ') return 'c';
  const code = point.codePointAt(0) ?? 0;
  const first = [0x1f150, 0x1f170].find((start) => code >= start && code < start + 26);
  return first === undefined ? undefined : String.fromCharCode(0x61 + code - first);
}
