import { literalSets } from './literals.ts';
import type { Rule } from './rule.ts';

/** What one pass over a text tells about it. */
interface Traits {
  readonly run: number;
  readonly digits: number;
  readonly words: number;
}

/** The traits of a text: its longest run without white space, its digits, its words of three letters and more in a row. */
function traitsOf(text: string): Traits {
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
  return { run: longestRun, digits, words: mostWords };
}

/**
 * Creates a function that returns those of `rules` that may find anything in a text, in order. Passes over the text are
 * few whatever the number of rules and their words.
 */
export function screenOf(rules: readonly Rule[]): (text: string) => readonly Rule[] {
  const wordsIn = literalSets(rules.map(({ any }) => any ?? []));
  const needs = rules.map((rule, index) => {
    const { run = 0, digits = 0, words = 0, any, hint } = rule;
    return { rule, index, run, digits, words, needsWord: any !== undefined, hint };
  });
  return (text) => {
    const traits = traitsOf(text);
    const found = wordsIn(text.toLowerCase());
    const screened: Rule[] = [];
    for (const { rule, index, run, digits, words, needsWord, hint } of needs) {
      if (needsWord && found[index] !== 1) continue;
      if (traits.digits < digits || traits.run < run || traits.words < words) continue;
      if (hint === undefined || hint.test(text)) screened.push(rule);
    }
    return screened;
  };
}
