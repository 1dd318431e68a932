import type { Stage } from '../../core/work.ts';
import { sha256 } from '../../work/digest.ts';
import type { StageResult } from '../../work/work-chain.ts';
import type { InputRef, WorkOrder } from '../definition.ts';
import { badGoods } from '../goods/read-goods.ts';
import { formatMessage } from '../ingest/message.ts';
import { inputsOf } from '../product-order.ts';
import type { IndexCache } from './index-cache.ts';
import { type Library, type LibraryMessage, messagesOf, openLibrary } from './library.ts';

/** A person's messages and their library. */
export interface Selection {
  readonly library: Library;
  readonly person: string;
  readonly selected: readonly LibraryMessage[];
}

/** Opens the logs and selects the messages of the order's subject. The stage throws `products/bad-goods` when there are none. */
export function selectSubject(
  cache: IndexCache,
  order: WorkOrder,
  inputs: readonly InputRef[],
): Stage<undefined, Selection> {
  return {
    name: 'select',
    version: '1',
    run: async () => {
      const sources = inputsOf(order, inputs);
      const library = await openLibrary(cache, sources);
      const selected = messagesOf(library, order.subject);
      if (selected.length === 0) throw badGoods(sources[0]?.path ?? '', `nothing in it is by ${order.subject}`);
      return { library, person: order.subject, selected };
    },
  };
}

/** Describes a selection by the hash of its messages, formatted as lines. */
export function describeSelection({ library, selected }: Selection): StageResult {
  return {
    output: sha256(selected.map(({ message }) => formatMessage(message)).join('')),
    counts: { messages: selected.length, days: library.days.length },
  };
}

/** The fields that all profiles share: their subject and their inputs. */
export function headOf({ library, person, selected }: Selection) {
  const days = [...new Set(selected.map(({ message }) => message.day))];
  return {
    subject: person,
    attribution: library.corpus?.attribution ?? '',
    corpus: library.corpus?.title ?? '',
    messages: selected.length,
    days: { first: days[0] ?? '', last: days.at(-1) ?? '', active: days.length },
  };
}
