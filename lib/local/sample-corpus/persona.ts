import type { Phrases, SampleTopic } from './phrase-bank.ts';

/** How somebody types. Rates are probabilities from 0 to 1 for one message. */
export interface TypingStyle {
  /** `as-is` starts a sentence with a capital where it also ends one with a point; `shouty` is in capitals at times. */
  readonly letters: 'as-is' | 'lower' | 'shouty';
  /** Closes a message that has no closing punctuation. */
  readonly ending: string;
  readonly emoji: Phrases;
  readonly emojiRate: number;
  /** Said before or after a message: `before, …` when it ends with a comma. */
  readonly catchphrases: Phrases;
  readonly catchRate: number;
  readonly typoRate: number;
  /** How it addresses someone: `nick: text`, `@nick text` or `nick, text`. */
  readonly address: 'colon' | 'at' | 'comma';
  readonly laugh: string;
  /** Leaves accents and opening marks out of Spanish, as many do in a chat. */
  readonly plainSpanish: boolean;
}

/** A made-up member of the sample's community. */
export interface Persona {
  readonly nick: string;
  /** The share of Spanish in what it says; 0 and 1 are people of one language. */
  readonly spanish: number;
  /** How much it talks, against the others: from 1 (rarely) to 10. */
  readonly activity: number;
  /** UTC hours between which it is mostly there; wraps around midnight. */
  readonly awake: readonly [from: number, to: number];
  readonly helps: readonly SampleTopic[];
  readonly asks: readonly SampleTopic[];
  readonly likes: readonly SampleTopic[];
  readonly greetings: Phrases;
  readonly thanks: Phrases;
  readonly welcomes: Phrases;
  readonly byes: Phrases;
  /** What only this person says. */
  readonly own: Phrases;
  readonly style: TypingStyle;
}

/** Whether a persona is mostly there at an hour of the day (UTC). */
export function isAwake(persona: Persona, hour: number): boolean {
  const [from, to] = persona.awake;
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}
