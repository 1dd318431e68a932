import { z } from 'zod';
import { day, pseudonym } from '../settings.ts';

/** The version of user statistics. */
export const USER_STATS_VERSION = '1';

const count = z.number().int().min(0);

/** User statistics, one canonical JSON document. Bots and people who opted out are not in it. */
export const userStats = z.strictObject({
  product: z.literal('user-stats'),
  version: z.literal(USER_STATS_VERSION),
  attribution: z.string().max(400),
  corpus: z.string().max(80),
  days: z.strictObject({ first: day, last: day, count: z.number().int().min(1) }),
  messages: count,
  /** Most messages first. */
  people: z
    .array(
      z.strictObject({
        person: pseudonym,
        messages: count,
        words: count,
        questions: count,
        /** Answers to people who had asked. */
        answers: count,
        actions: count,
        links: count,
        daysActive: count,
        firstDay: day,
        lastDay: day,
        /** Messages by hour of the day in UTC. */
        hours: z.array(count).length(24),
        /** Messages addressed to somebody by name, and by others to this person. */
        addressing: count,
        addressed: count,
        /** With whom most messages are exchanged by name, both ways. */
        partners: z.array(z.strictObject({ person: pseudonym, messages: count })).max(5),
      }),
    )
    .max(1_000_000),
});
export type UserStats = z.infer<typeof userStats>;
