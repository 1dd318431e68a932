import { z } from 'zod';
import { hex32 } from '../../core/ids.ts';
import { messageRef } from '../ingest/message.ts';
import { TOPICS } from '../lexicon/topics.ts';
import { profileHead } from '../skill-profile/goods.ts';

/** The version of souls. */
export const SOUL_VERSION = '1';

/** The parts of a soul, in the order in which they are read. */
export const SECTIONS = ['essence', 'skills', 'voice', 'habits', 'limits'] as const;
export type Section = (typeof SECTIONS)[number];

/** What a claim may be made of: words and plain punctuation, in any script. Nothing that a page or a terminal acts upon. */
const claimText = z.string().regex(/^[\p{L}\p{M}\p{N}'+#"%.,:;() -]{1,240}$/u, 'must be plain words');

/** A soul, one canonical JSON document: enough to speak and act in somebody's manner, every claim with its evidence. */
export const soul = z.strictObject({
  product: z.literal('soul'),
  version: z.literal(SOUL_VERSION),
  ...profileHead,
  topics: z.array(z.enum(TOPICS)).max(5),
  /** The digests of the two profiles it was made from. */
  sources: z.strictObject({ skillProfile: hex32, voiceProfile: hex32 }),
  claims: z
    .array(z.strictObject({ section: z.enum(SECTIONS), claim: claimText, evidence: z.array(messageRef).min(1).max(6) }))
    .min(1)
    .max(60),
});
export type Soul = z.infer<typeof soul>;
