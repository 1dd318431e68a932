import { LRUCache } from 'lru-cache';
import type { Hex } from 'viem';
import type { InputRef } from '../definition.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';
import { readChatIndex } from './chat-index.ts';
import { createIndexedChat, type IndexedChat } from './indexed-chat.ts';

/** Indexes are kept while they hold no more messages than this together; the last one is always kept. */
const MAX_MESSAGES = 240_000;

/** When nobody has asked for that long, nothing is kept: a swarm at rest needs no memory for this. */
const IDLE_MS = 60_000;

/** The indexes that were read lately, by digest: equal digests are equal bytes, whoever asks. */
export interface IndexCache {
  /**
   * Gives the index of a chat day or raw logs, reading the file only when it isn't at hand.
   * @throws SwarmError `products/bad-goods`, `products/input-changed`.
   */
  readonly read: (input: InputRef) => Promise<IndexedChat>;
}

/** Creates an empty cache. */
export function createIndexCache(): IndexCache {
  const kept = new LRUCache<Hex, IndexedChat>({
    maxSize: MAX_MESSAGES,
    // One that is over the bound by itself takes all the room and stays.
    sizeCalculation: ({ index }) => Math.min(index.messages.length, MAX_MESSAGES),
  });
  const reading = new Map<Hex, Promise<IndexedChat>>();
  let idle: NodeJS.Timeout | undefined;

  async function readOnce(input: InputRef): Promise<IndexedChat> {
    try {
      const indexed = createIndexedChat(await readChatIndex(input, createYieldToLoop()));
      kept.set(input.digest, indexed);
      return indexed;
    } finally {
      reading.delete(input.digest);
    }
  }

  return {
    read: async (input) => {
      idle ??= setTimeout(() => kept.clear(), IDLE_MS).unref();
      idle.refresh();
      const known = kept.get(input.digest) ?? reading.get(input.digest);
      if (known !== undefined) return await known;
      const read = readOnce(input);
      reading.set(input.digest, read);
      return await read;
    },
  };
}
