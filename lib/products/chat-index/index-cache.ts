import { LRUCache } from 'lru-cache';
import type { Hex } from 'viem';
import type { InputRef } from '../definition.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';
import { readChatIndex } from './chat-index.ts';
import { createIndexedChat, type IndexedChat } from './indexed-chat.ts';

/** The maximum number of messages in cached indexes together; the last index is always cached. */
const MAX_MESSAGES = 240_000;

/** The cache is emptied after this time without a request, to free memory while the swarm rests. */
const IDLE_MS = 60_000;

/** The indexes that were read last, by the digest of their file. */
export interface IndexCache {
  /**
   * Returns the index of a chat day or raw logs; reads the file only when it isn't cached.
   * @throws SwarmError `products/bad-goods`, `products/input-changed`.
   */
  readonly read: (input: InputRef) => Promise<IndexedChat>;
}

/** Creates an empty cache. */
export function createIndexCache(): IndexCache {
  const kept = new LRUCache<Hex, IndexedChat>({
    maxSize: MAX_MESSAGES,
    // A single index over the limit is cached alone.
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
