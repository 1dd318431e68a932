/** What people of the sample talk about; the same words that the products find topics by. */
export const SAMPLE_TOPICS = [
  'linux',
  'packages',
  'networking',
  'hardware',
  'audio',
  'graphics',
  'programming',
  'web',
  'design',
  'music',
  'gaming',
  'crypto',
  'security',
  'community',
] as const;
export type SampleTopic = (typeof SAMPLE_TOPICS)[number];

export type Language = 'en' | 'es';

/** Templates of `grammar.ts`; several ways to say the same. */
export type Phrases = readonly string[];

/** A problem that one person has and another can solve. All its lines share one choice of slots. */
export interface HelpCase {
  readonly slots?: Readonly<Record<string, Phrases>>;
  /** Whether line n of `more`, `probe`, `answer` and `done` belongs to line n of `ask`; any fits any otherwise. */
  readonly aligned?: boolean;
  readonly ask: Phrases;
  /** What the asker adds unasked. */
  readonly more: Phrases;
  /** A question of the helper and the asker's reply. */
  readonly probe: readonly (readonly [question: string, reply: string])[];
  /** What the helper says, in this order; the last one is what helps when the first did not. */
  readonly answer: Phrases;
  /** What a bystander may throw in. */
  readonly aside: Phrases;
  /** How the asker tells that it worked. */
  readonly done: Phrases;
}

/** Something to chat about: an opening and remarks that may follow it in any order, each by anyone. */
export interface Talk {
  readonly slots?: Readonly<Record<string, Phrases>>;
  readonly open: Phrases;
  readonly lines: Phrases;
}

/** All that is said on one topic in one language. */
export interface PhraseBank {
  readonly help: readonly HelpCase[];
  readonly talk: readonly Talk[];
}

/** One topic in both languages of the community. */
export type TopicBank = Readonly<Record<Language, PhraseBank>>;
