import { isOrdinaryWord } from '../text/ordinary-words.ts';
import { type Folded, fold, foldName, LOST } from './name-fold.ts';

/** Names of at least this length are also found inside words, as in `bobsmith_` and `bobsmiths`. */
const INSIDE_WORDS_FROM = 6;

/** More lost characters in a row are no name's: three bytes for each of the longest one. */
const MAX_LOST = 192;

/** Finds names in whatever form they are written. */
export interface NameMatcher {
  /** Whether a name is one of them. */
  readonly has: (name: string) => boolean;
  /** Where they stand in a text, from left to right, none over another. */
  readonly find: (text: string) => readonly { readonly start: number; readonly end: number }[];
}

interface Sought {
  readonly name: string;
  readonly isLong: boolean;
}

/** Creates a matcher. A lost character (U+FFFD) of a text is any character, several are at most as many. */
export function createNameMatcher(names: Iterable<string>): NameMatcher {
  const keys = new Set<string>();
  const byStart = new Map<string, Sought[]>();
  const firsts = new Set<string>();
  const all: Sought[] = [];
  let longest = 0;
  for (const written of new Set([...names].map((name) => fold(name).text.trim().replace(/ +/g, ' ')))) {
    if (written === '') continue;
    keys.add(written.replaceAll(' ', ''));
    if (written.includes(' ')) keys.add(written.replaceAll(' ', '_'));
    const sought = { name: written, isLong: [...written].length >= INSIDE_WORDS_FROM && !isOrdinaryWord(written) };
    all.push(sought);
    longest = Math.max(longest, written.length);
    const start = written.slice(0, 2);
    const alike = byStart.get(start);
    if (alike === undefined) byStart.set(start, [sought]);
    else alike.push(sought);
    firsts.add(written.charAt(0));
  }
  for (const some of [all, ...byStart.values()]) some.sort((a, b) => b.name.length - a.name.length);

  const candidates = (text: string, at: number, lost: number): readonly Sought[] => {
    if (lost >= 0 && lost - at <= longest) return all;
    if (!firsts.has(text.charAt(at))) return [];
    const two = byStart.get(text.slice(at, at + 2)) ?? [];
    // A name of one character, or one whose blank is left out or written otherwise.
    const one = byStart.get(text.charAt(at)) ?? [];
    const spaced = byStart.get(`${text.charAt(at)} `) ?? [];
    return one.length === 0 && spaced.length === 0 ? two : [...new Set([...two, ...spaced, ...one])];
  };
  const matchAt = (text: string, at: number, lost: number): number | undefined => {
    for (const { name, isLong } of candidates(text, at, lost)) {
      const end = endOfMatch(text, at, name);
      if (end === undefined || /^\ufffd*$/.test(text.slice(at, end))) continue;
      if (isLong || isWhole(text, at, end)) return end;
    }
    return undefined;
  };
  return {
    has: (name) => {
      const key = foldName(name);
      if (keys.has(key)) return true;
      return key.includes(LOST) && [...keys].some((one) => endOfMatch(key, 0, one) === key.length);
    },
    find: (text) => {
      if (all.length === 0) return [];
      const folded: Folded = fold(text);
      const found: { start: number; end: number }[] = [];
      for (let at = 0, lost = folded.text.indexOf(LOST); at < folded.text.length; ) {
        if (lost >= 0 && lost < at) lost = folded.text.indexOf(LOST, at);
        const end = matchAt(folded.text, at, lost);
        if (end === undefined) {
          at += 1;
          continue;
        }
        found.push({ start: folded.startOf(at), end: folded.endOf(end - 1) });
        at = end;
      }
      return found;
    },
  };
}

/** The end of a name in a text that has it at `at`. `tried` keeps what failed, so that lost characters cost little. */
function endOfMatch(text: string, at: number, name: string, from = 0, tried?: Set<number>): number | undefined {
  let end = at;
  for (let next = from; next < name.length; ) {
    const there = text.charAt(end);
    const wanted = name.charAt(next);
    if (there === wanted) {
      end += 1;
      next += 1;
    } else if (there === LOST) {
      const failed = tried ?? new Set();
      let run = 1;
      while (run <= MAX_LOST && text.charAt(end + run) === LOST) run += 1;
      for (let lost = Math.min(run, name.length - next); lost >= 1; lost -= 1) {
        const state = (end + run) * 128 + next + lost;
        if (failed.has(state)) continue;
        failed.add(state);
        const found = endOfMatch(text, end + run, name, next + lost, failed);
        if (found !== undefined) return found;
      }
      return undefined;
    } else if (wanted === ' ') {
      if (/[_.-]/.test(there)) end += 1;
      next += 1;
    } else {
      return undefined;
    }
  }
  return end;
}

function isWhole(text: string, start: number, end: number): boolean {
  return (
    !/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, start - 2), start)) &&
    !/^[\p{L}\p{N}]/u.test(text.slice(end, end + 2))
  );
}

/** One matcher of two. */
export function eitherMatcher(a: NameMatcher, b: NameMatcher): NameMatcher {
  return {
    has: (name) => a.has(name) || b.has(name),
    find: (text) => {
      const all = [...a.find(text), ...b.find(text)].sort((x, y) => x.start - y.start || y.end - x.end);
      let end = 0;
      return all.filter((span) => {
        if (span.start < end) return false;
        end = span.end;
        return true;
      });
    },
  };
}
