import { z } from 'zod';
import { messageRef } from '../ingest/message.ts';
import { TOPICS } from '../lexicon/topics.ts';
import { profileHead } from '../skill-profile/goods.ts';

/** The version of voice profiles. */
export const VOICE_PROFILE_VERSION = '1';

/** What is measured of a voice. Shares are of messages, from 0 to 1. */
export const MEASURES = [
  'wordsPerMessage',
  'wordsPerSentence',
  'lettersPerWord',
  /** Lexical diversity, see `lib/products/text/vocabulary.ts`. */
  'mtld',
  'yulesK',
  'questionShare',
  'exclamationShare',
  'ellipsisShare',
  'endStopShare',
  'lowerCaseStartShare',
  'shoutedShare',
  'addressedShare',
  'actionShare',
  'linkShare',
  'greetingShare',
  'thanksShare',
  'laughterShare',
  'emoticonShare',
  'emojiShare',
  /** Of the messages whose language shows. */
  'englishShare',
  'spanishShare',
] as const;
export type MeasureName = (typeof MEASURES)[number];

/** The sides of a voice that a trait is about. */
export const ASPECTS = ['length', 'vocabulary', 'tone', 'writing', 'company', 'language', 'hours'] as const;
export type Aspect = (typeof ASPECTS)[number];

const evidence = z.array(messageRef).min(1).max(6);
const words = z.string().regex(/^[\p{L}\p{M}\p{N}'+# ]{1,90}$/u, 'must be words');
const count = z.number().int().min(0);

const measure = z.strictObject({ value: z.number().min(0).max(1_000_000), evidence });

/** A voice profile, one canonical JSON document. */
export const voiceProfile = z.strictObject({
  product: z.literal('voice-profile'),
  version: z.literal(VOICE_PROFILE_VERSION),
  ...profileHead,
  topics: z.array(z.enum(TOPICS)).max(5),
  measures: z.record(z.enum(MEASURES), measure),
  /** What the measures add up to, in words. */
  traits: z
    .array(
      z.strictObject({ aspect: z.enum(ASPECTS), statement: z.string().regex(/^[A-Za-z0-9 ,.:%-]{1,120}$/), evidence }),
    )
    .max(20),
  /** Words and pairs of words that this person uses far more than others do; `z` by log-odds. */
  signature: z
    .array(z.strictObject({ phrase: words, uses: count, z: z.number().min(0).max(10_000), evidence }))
    .max(16),
  greetings: z.array(z.strictObject({ phrase: words, uses: count, evidence })).max(6),
  /** Emoticons and emoji as they are typed. Hostile until escaped. */
  emoticons: z.array(z.strictObject({ sign: z.string().min(1).max(24), uses: count, evidence })).max(8),
  /** Messages by hour of the day in UTC. */
  hours: z.array(count).length(24),
});
export type VoiceProfile = z.infer<typeof voiceProfile>;
