import type { Hex } from 'viem';
import type { InputRef } from '../definition.ts';
import { createPace } from '../pace.ts';
import { type ChatIndex, readChatIndex } from './chat-index.ts';

/** Indexes are kept while they hold no more messages than this together; the last one is always kept. */
const MAX_MESSAGES = 240_000;

/** When nobody has asked for that long, nothing is kept: a swarm at rest needs no memory for this. */
const IDLE_MS = 60_000;

/** Keyed by digest, least recently used first: equal digests are equal bytes, whoever asks. */
const cache = new Map<Hex, Promise<ChatIndex>>();
const sizes = new Map<Hex, number>();
let idle: NodeJS.Timeout | undefined;

/**
 * Gives the index of a chat day or raw logs, reading the file only when it isn't at hand.
 * @throws SwarmError `products/bad-goods`, `products/input-changed`.
 */
export async function chatIndexOf(input: InputRef): Promise<ChatIndex> {
  idle ??= setTimeout(forget, IDLE_MS).unref();
  idle.refresh();
  const known = cache.get(input.digest);
  if (known !== undefined) {
    cache.delete(input.digest);
    cache.set(input.digest, known);
    return known;
  }
  const reading = readChatIndex(input, createPace());
  cache.set(input.digest, reading);
  try {
    const index = await reading;
    sizes.set(input.digest, index.messages.length);
    makeRoom(input.digest);
    return index;
  } catch (error) {
    cache.delete(input.digest);
    throw error;
  }
}

function forget(): void {
  cache.clear();
  sizes.clear();
}

function makeRoom(newest: Hex): void {
  let total = 0;
  for (const digest of cache.keys()) total += sizes.get(digest) ?? 0;
  for (const digest of cache.keys()) {
    if (total <= MAX_MESSAGES) return;
    const size = sizes.get(digest);
    if (digest === newest || size === undefined) continue;
    cache.delete(digest);
    sizes.delete(digest);
    total -= size;
  }
}
