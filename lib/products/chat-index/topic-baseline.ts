import type { Topic } from '../lexicon/topics.ts';
import type { Library } from './library.ts';

/** How often each topic comes up, as a share of all times that any does. */
export type TopicShares = ReadonlyMap<Topic, number>;

/** The shares of topics over all messages of a library's volumes. */
export async function topicShares(library: Library): Promise<TopicShares> {
  const totals = new Map<Topic, number>();
  let all = 0;
  for (const volume of library.volumes) {
    for (const [topic, count] of await volume.topicCounts()) {
      totals.set(topic, (totals.get(topic) ?? 0) + count);
      all += count;
    }
  }
  return new Map([...totals].map(([topic, count]) => [topic, count / all]));
}
