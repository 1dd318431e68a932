import { z } from 'zod';
import { messageRef } from '../ingest/message.ts';
import { TOPICS } from '../lexicon/topics.ts';
import { day, pseudonym } from '../settings.ts';

/** The version of topic maps. */
export const TOPIC_MAP_VERSION = '1';

const count = z.number().int().min(0);
const evidence = z.array(messageRef).min(1).max(6);
const topic = z.enum(TOPICS);

/** A topic map, one canonical JSON document. */
export const topicMap = z.strictObject({
  product: z.literal('topic-map'),
  version: z.literal(TOPIC_MAP_VERSION),
  attribution: z.string().max(400),
  corpus: z.string().max(80),
  days: z.strictObject({ first: day, last: day, count: z.number().int().min(1) }),
  messages: count,
  /** Most messages first. */
  topics: z
    .array(
      z.strictObject({
        topic,
        messages: count,
        people: count,
        days: count,
        /** Of all messages of people. */
        share: z.number().min(0).max(1),
        /** The newest tenth of the days against the rest: two-proportion z-test, |z| from 2.58 on. */
        trend: z.enum(['rising', 'steady', 'falling']),
        evidence,
        skills: z
          .array(z.strictObject({ skill: z.string().regex(/^[a-z0-9][a-z0-9+-]{0,39}$/), messages: count, evidence }))
          .max(12),
        /** Words of the topic's messages that other messages have far less; not from the lexicon. `g2` is Dunning's. */
        related: z
          .array(
            z.strictObject({
              term: z.string().regex(/^[\p{L}\p{M}\p{N}'+#]{1,40}$/u),
              messages: count,
              people: count,
              g2: z.number().min(0),
              evidence,
            }),
          )
          .max(12),
        /** Who answers questions about it. */
        helpers: z.array(z.strictObject({ person: pseudonym, answers: count, evidence })).max(5),
      }),
    )
    .max(TOPICS.length),
  /** Topics that the same people speak of on the same days; `npmi` from -1 to 1. */
  together: z
    .array(
      z.strictObject({ topics: z.tuple([topic, topic]), personDays: count, npmi: z.number().min(-1).max(1), evidence }),
    )
    .max(40),
});
export type TopicMap = z.infer<typeof topicMap>;
