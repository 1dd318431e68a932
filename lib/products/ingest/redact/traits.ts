import type { Rule } from './rule.ts';

/** What one pass over a text tells about it. */
export interface Traits {
  readonly run: number;
  readonly digits: number;
  readonly words: number;
  readonly lower: string;
}

/** The traits of a text: its longest run without white space, its digits, its words of three letters and more in a row. */
export function traitsOf(text: string): Traits {
  let run = 0;
  let longestRun = 0;
  let digits = 0;
  let letters = 0;
  let words = 0;
  let mostWords = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 32;
    run = code > 32 ? run + 1 : 0;
    if (run > longestRun) longestRun = run;
    if (code >= 48 && code <= 57) digits += 1;
    // Anything beyond ASCII may be a letter or an accent on one.
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code >= 128) {
      letters += 1;
    } else if (letters > 0) {
      words = letters >= 3 ? words + 1 : 0;
      if (words > mostWords) mostWords = words;
      letters = 0;
    }
  }
  return { run: longestRun, digits, words: mostWords, lower: text.toLowerCase() };
}

/** Whether a rule may find anything in a text with these traits. */
export function mayFind({ run = 0, digits = 0, words = 0, any, hint }: Rule, traits: Traits, text: string): boolean {
  if (traits.run < run || traits.digits < digits || traits.words < words) return false;
  if (any !== undefined && !any.some((word) => traits.lower.includes(word))) return false;
  return hint === undefined || hint.test(text);
}
