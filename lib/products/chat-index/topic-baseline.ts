import { topicOf } from '../lexicon/match.ts';
import type { Topic } from '../lexicon/topics.ts';
import { exchangesOf } from './exchanges.ts';
import type { Library, Volume } from './library.ts';

/** How often each topic comes up, as a share of all times that any does. */
export type TopicShares = ReadonlyMap<Topic, number>;

const known = new WeakMap<Volume['index'], Promise<ReadonlyMap<Topic, number>>>();

/** The shares of topics over all messages of a library's volumes. */
export async function topicShares(library: Library): Promise<TopicShares> {
  const totals = new Map<Topic, number>();
  let all = 0;
  for (const { index } of library.volumes) {
    let counting = known.get(index);
    if (counting === undefined) {
      counting = countTopics(index);
      known.set(index, counting);
    }
    for (const [topic, count] of await counting) {
      totals.set(topic, (totals.get(topic) ?? 0) + count);
      all += count;
    }
  }
  return new Map([...totals].map(([topic, count]) => [topic, count / all]));
}

async function countTopics(index: Volume['index']): Promise<ReadonlyMap<Topic, number>> {
  const { skills } = await exchangesOf(index);
  const counts = new Map<Topic, number>();
  for (const numbers of skills) {
    for (const number of numbers) counts.set(topicOf(number), (counts.get(topicOf(number)) ?? 0) + 1);
  }
  return counts;
}
