import { z } from 'zod';
import { LEVELS } from '../chat-index/skill-evidence.ts';
import { messageRef } from '../ingest/message.ts';
import { TOPICS } from '../lexicon/topics.ts';
import { day, pseudonym } from '../settings.ts';

/** The version of skill profiles. */
export const SKILL_PROFILE_VERSION = '1';

const count = z.number().int().min(0);

/** What a profile is about and made from; the head of skill and voice profiles. */
export const profileHead = {
  subject: pseudonym,
  /** Who is to be named wherever the profile is shown; empty if nobody. */
  attribution: z.string().max(400),
  corpus: z.string().max(80),
  messages: z.number().int().min(1),
  days: z.strictObject({ first: day, last: day, active: z.number().int().min(1) }),
};

/** A skill profile, one canonical JSON document. */
export const skillProfile = z.strictObject({
  product: z.literal('skill-profile'),
  version: z.literal(SKILL_PROFILE_VERSION),
  ...profileHead,
  /** Topics of the skills, strongest first. */
  topics: z.array(z.enum(TOPICS)).max(5),
  skills: z
    .array(
      z.strictObject({
        skill: z.string().regex(/^[a-z0-9][a-z0-9+-]{0,39}$/),
        topic: z.enum(TOPICS),
        level: z.enum(LEVELS),
        mentions: count,
        asks: count,
        answers: count,
        peopleHelped: count,
        days: count,
        score: count,
        evidence: z.array(messageRef).min(1).max(6),
      }),
    )
    .max(12),
});
export type SkillProfile = z.infer<typeof skillProfile>;
