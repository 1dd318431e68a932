import { topicOf } from '../lexicon/match.ts';
import type { Topic } from '../lexicon/topics.ts';
import type { Exchanges } from './exchanges.ts';

/** How often each topic comes up in one index. */
export type TopicCounts = ReadonlyMap<Topic, number>;

/** Counts the topics of the skills that messages speak of. */
export function countTopics({ skills }: Pick<Exchanges, 'skills'>): TopicCounts {
  const counts = new Map<Topic, number>();
  for (const numbers of skills) {
    for (const number of numbers) counts.set(topicOf(number), (counts.get(topicOf(number)) ?? 0) + 1);
  }
  return counts;
}
