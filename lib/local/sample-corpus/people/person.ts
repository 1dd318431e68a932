import type { Persona, TypingStyle } from '../persona.ts';

/** What has to be said about somebody; the rest is taken from {@link PLAIN_STYLE}. */
type PersonInput = Omit<Persona, 'style'> & { readonly style: Partial<TypingStyle> };

const PLAIN_STYLE: TypingStyle = {
  letters: 'as-is',
  ending: '',
  emoji: [],
  emojiRate: 0,
  catchphrases: [],
  catchRate: 0,
  typoRate: 0,
  address: 'colon',
  laugh: 'haha',
  plainSpanish: false,
};

/** Completes a persona with a plain way of typing. */
export function person(input: PersonInput): Persona {
  return { ...input, style: { ...PLAIN_STYLE, ...input.style } };
}
