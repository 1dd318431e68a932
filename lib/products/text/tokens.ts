/**
 * A word: letters, marks and digits, apostrophes inside, and `+`, `++` or `#` right after (c++, c#). Everything else
 * ends a word, so a term is found as whole words or not at all. Unicode's own letters, not ASCII's.
 */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’][\p{L}\p{M}]+)*(?:\+{1,2}|#)?(?![\p{L}\p{M}\p{N}])/gu;

/** Longer words than this are noise (keys, encodings), in UTF-16 units. */
const MAX_WORD = 40;

const PLACEHOLDER = /\[(?:email|ip|mac|phone|key|someone)\]|anon-[a-z2-7]{10}(?![a-z0-9])/g;
const LINK = /(?:https?|ftp|irc):\/\/\S+|www\.\S+/giu;

/** Leaves out what nobody wrote as a word: placeholders of what was redacted, pseudonyms, addresses of pages. */
export function proseOf(text: string): string {
  return text.replace(LINK, ' ').replace(PLACEHOLDER, ' ');
}

/** The words of a text in lower case (Unicode's, no locale), NFC, in order. `así` and `asi` are two words. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.normalize('NFC').matchAll(WORD)) {
    if (word.length <= MAX_WORD) words.push(word.toLowerCase().replaceAll('’', "'"));
  }
  return words;
}
