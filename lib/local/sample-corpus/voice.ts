import type { Persona } from './persona.ts';
import type { Random } from './random.ts';

/** Who is spoken to, and whether it is a set phrase that takes no catchphrase. */
export interface Manner {
  readonly to?: string | undefined;
  readonly setPhrase?: boolean;
}

/** Says a plain sentence the way a persona types: catchphrases, letters, endings, typos, emoji, address. */
export function speak(persona: Persona, plain: string, manner: Manner, random: Random): string {
  const { style } = persona;
  let text = plain;
  if (manner.setPhrase !== true && text.length > 14 && random.chance(style.catchRate)) {
    text = withCatchphrase(text, random.pick(style.catchphrases));
  }
  if (style.plainSpanish) text = withoutAccents(text);
  text = inLetters(text, persona, random);
  if (random.chance(style.typoRate * 4)) text = withTypo(text, random);
  if (manner.setPhrase !== true && /[\p{L}\p{N}]$/u.test(text) && random.chance(0.85)) text += style.ending;
  if (style.emoji.length > 0 && random.chance(style.emojiRate)) text += ` ${random.pick(style.emoji)}`;
  return manner.to === undefined ? text : addressed(text, manner.to, persona);
}

/** Prefix when it ends in punctuation, suffix otherwise. */
function withCatchphrase(text: string, phrase: string): string {
  if (/[,:)]$/.test(phrase)) return `${phrase} ${text}`;
  if (/[.?!]$/.test(phrase)) return `${phrase} ${capitalised(text)}`;
  const closing = /[.?!]$/.exec(text)?.[0] ?? '';
  if (closing === '?') return text;
  const joint = phrase.includes(' ') ? ', ' : ' ';
  return `${text.slice(0, text.length - closing.length)}${joint}${phrase.charAt(0).toLowerCase()}${phrase.slice(1)}${closing}`;
}

function inLetters(text: string, { style }: Persona, random: Random): string {
  switch (style.letters) {
    case 'lower':
      return text.toLowerCase();
    case 'shouty':
      return random.chance(0.35) ? text.toUpperCase() : text;
    case 'as-is':
      return /^[.!]/.test(style.ending) ? capitalised(text) : text;
  }
}

/** Keeps ñ, which people without a Spanish keyboard still find. */
function withoutAccents(text: string): string {
  return text.replaceAll(/[áéíóúü]/gi, (letter) => letter.normalize('NFD').charAt(0)).replaceAll(/[¿¡]/g, '');
}

/** Swaps two letters inside one longer word; words with digits, points or slashes stay right. */
function withTypo(text: string, random: Random): string {
  const words = text.split(' ');
  const long = words.flatMap((word, index) => (/^\p{L}{5,}$/u.test(word) ? [index] : []));
  if (long.length === 0) return text;
  const chosen = random.pick(long);
  return words
    .map((word, index) => {
      if (index !== chosen) return word;
      const at = random.between(1, word.length - 3);
      return word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
    })
    .join(' ');
}

function addressed(text: string, nick: string, { style }: Persona): string {
  if (style.address === 'at') return `@${nick} ${text}`;
  return style.address === 'comma' ? `${nick}, ${text}` : `${nick}: ${text}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
