import { compareText } from '../../core/text.ts';
import { type InputRef, isForeign, type PassOver } from '../definition.ts';
import { badGoods, isUnreadable } from '../goods/read-goods.ts';
import type { Message } from '../ingest/message.ts';
import type { SharedSettings } from '../settings.ts';
import type { DaySlice } from './chat-index.ts';
import type { IndexCache } from './index-cache.ts';
import type { IndexedChat } from './indexed-chat.ts';

/**
 * The maximum number of messages in all inputs of strangers that are in memory at once, about 200 MiB. What a validator is handed
 * at most has 520,000 of usual length. Chat of the own corpus doesn't count: its owner chose it.
 */
const MAX_FOREIGN_MESSAGES = 600_000;

/** The maximum size of these inputs together, in bytes: few messages may be long. A validator is handed at most 80 MiB. */
const MAX_FOREIGN_BYTES = 128 * 1024 * 1024;

/** One day of the library and the volume that contains it. */
export interface LibraryDay extends DaySlice {
  readonly volume: Volume;
}

/** One input and its index. */
export interface Volume extends IndexedChat {
  readonly input: InputRef;
}

/** All chat that a product is made from, each day once. */
export interface Library {
  /** The settings of the newest volume, by edition and last day; undefined when no volume has any. */
  readonly corpus: SharedSettings | undefined;
  /** Oldest first; the newest only when the corpus has a window. */
  readonly days: readonly LibraryDay[];
  /** Volumes with at least one day in the library, by their first such day. */
  readonly volumes: readonly Volume[];
}

/**
 * Opens the inputs. A day in several of them is taken from the latest edition, then from the one with the most messages of
 * that day, then from the lower digest, so that the order of purchase doesn't matter. Inputs that can't be read are skipped if
 * `passOver` is given.
 * @throws SwarmError `products/bad-goods`, `products/input-changed`.
 */
export async function openLibrary(
  cache: IndexCache,
  inputs: readonly InputRef[],
  { windowDays, passOver }: { readonly windowDays?: number; readonly passOver?: PassOver | undefined } = {},
): Promise<Library> {
  const volumes: Volume[] = [];
  let foreign = { messages: 0, bytes: 0 };
  for (const input of [...inputs].sort((a, b) => compareText(a.digest, b.digest))) {
    try {
      const volume = { input, ...(await cache.read(input)) };
      if (isForeign(input)) {
        const { messages, sizeBytes } = volume.index;
        const sum = { messages: foreign.messages + messages.length, bytes: foreign.bytes + sizeBytes };
        if (sum.messages > MAX_FOREIGN_MESSAGES) {
          throw badGoods(input.path, `with it there are more than ${MAX_FOREIGN_MESSAGES} messages at once`);
        }
        if (sum.bytes > MAX_FOREIGN_BYTES) {
          throw badGoods(input.path, `with it there are more than ${MAX_FOREIGN_BYTES} bytes at once`);
        }
        // What is left out takes no place from those after it.
        foreign = sum;
      }
      volumes.push(volume);
    } catch (error) {
      if (passOver === undefined || !isUnreadable(error)) throw error;
      passOver(input, error);
    }
  }
  const byDay = new Map<string, LibraryDay>();
  for (const volume of volumes) {
    for (const slice of volume.index.days) {
      const known = byDay.get(slice.day);
      const day = { ...slice, volume };
      if (known === undefined || isBetter(day, known)) byDay.set(slice.day, day);
    }
  }
  const newest = [...volumes].sort((a, b) => editionOf(b) - editionOf(a) || compareText(lastDay(b), lastDay(a)))[0];
  const corpus = newest?.index.corpus;
  const window = windowDays ?? corpus?.windowDays ?? 0;
  const days = [...byDay.values()].sort((a, b) => compareText(a.day, b.day)).slice(window === 0 ? 0 : -window);
  return { corpus, days, volumes: [...new Set(days.map(({ volume }) => volume))] };
}

function isBetter(one: LibraryDay, other: LibraryDay): boolean {
  const editions = editionOf(one.volume) - editionOf(other.volume);
  return editions > 0 || (editions === 0 && one.end - one.start > other.end - other.start);
}

function editionOf({ index }: Volume): number {
  return index.corpus?.edition ?? 0;
}

function lastDay(volume: Volume): string {
  return volume.index.days.at(-1)?.day ?? '';
}

/** A message and its position in the library. */
export interface LibraryMessage {
  readonly volume: Volume;
  readonly at: number;
  readonly message: Message;
}

/** A person's messages in the library, oldest first. */
export function messagesOf(library: Library, person: string): readonly LibraryMessage[] {
  const messages: LibraryMessage[] = [];
  for (const { volume, start, end } of library.days) {
    const own = volume.index.byPerson.get(person) ?? [];
    for (let index = firstFrom(own, start); index < own.length; index += 1) {
      const at = own[index];
      if (at === undefined || at >= end) break;
      const message = volume.index.messages[at];
      if (message !== undefined) messages.push({ volume, at, message });
    }
  }
  return messages;
}

function firstFrom(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many messages everyone has in the library. */
export function messageCounts(library: Library): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { volume, start, end } of library.days) {
    for (let at = start; at < end; at += 1) {
      const who = volume.index.messages[at]?.who;
      if (who !== undefined) counts.set(who, (counts.get(who) ?? 0) + 1);
    }
  }
  return counts;
}
