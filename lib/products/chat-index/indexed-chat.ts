import { once } from '../../core/once.ts';
import type { ChatIndex } from './chat-index.ts';
import { type Exchanges, findExchanges } from './exchanges.ts';
import { countTopics, type TopicCounts } from './topic-counts.ts';
import { countWords, type WordCounts } from './word-counts.ts';

/** An index with derived data, each computed when first asked for and then stored. */
export interface IndexedChat {
  readonly index: ChatIndex;
  readonly exchanges: () => Promise<Exchanges>;
  readonly topicCounts: () => Promise<TopicCounts>;
  readonly wordCounts: () => Promise<WordCounts>;
}

/** Creates an {@link IndexedChat} from an index. */
export function createIndexedChat(index: ChatIndex): IndexedChat {
  const exchanges = once(() => findExchanges(index));
  return {
    index,
    exchanges,
    topicCounts: once(async () => countTopics(await exchanges())),
    wordCounts: once(() => countWords(index)),
  };
}
