import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import { plainText, table } from '../../core/markdown.ts';
import { digestOf } from '../../work/digest.ts';
import { planFromDays } from '../chat-index/day-orders.ts';
import type { IndexCache } from '../chat-index/index-cache.ts';
import { type Library, openLibrary } from '../chat-index/library.ts';
import { CHAT, type ProductDefinition } from '../definition.ts';
import { makeDocument } from '../goods/make-document.ts';
import { readJsonGoods } from '../goods/read-goods.ts';
import { inputsOf } from '../product-order.ts';
import { countPeople } from './count-people.ts';
import { USER_STATS_VERSION, type UserStats, userStats } from './goods.ts';

const PRODUCT = 'user-stats';
const MAX_BYTES = maxGoodsBytesOf(PRODUCT);

/** Who is there, how much, when, and with whom. */
export function createUserStatistics(cache: IndexCache): ProductDefinition {
  return {
    name: PRODUCT,
    version: USER_STATS_VERSION,
    from: [CHAT],
    plan: async (inputs, settings) => {
      const { title, attribution, bots } = settings;
      return planFromDays(inputs, settings, {
        product: PRODUCT,
        version: USER_STATS_VERSION,
        topics: ['community', 'data'],
        title: 'User statistics',
        settings: { title, attribution, bots },
      });
    },
    make: (order, inputs, { title, attribution, bots }, io) =>
      makeDocument<Library, UserStats>(order, io, {
        gather: {
          name: 'read',
          version: '1',
          run: () => openLibrary(cache, inputsOf(order, inputs), { windowDays: 0 }),
        },
        describeGathered: describeDays,
        find: {
          name: 'count-people',
          version: USER_STATS_VERSION,
          run: async (library) => {
            const people = await countPeople(library, new Set(bots));
            return {
              product: PRODUCT,
              version: USER_STATS_VERSION,
              attribution,
              corpus: title,
              days: spanOf(library),
              messages: people.reduce((sum, { messages }) => sum + messages, 0),
              people: [...people],
            };
          },
        },
        countFound: ({ people }) => ({ people: people.length }),
      }),
    summarize: async (path) => {
      const stats = await readJsonGoods({ path }, userStats, MAX_BYTES);
      const rows = stats.people
        .slice(0, 25)
        .map((one) => [
          one.person,
          ...[one.messages, one.words, one.questions, one.answers, one.daysActive].map(String),
        ]);
      return [
        `# User statistics${stats.corpus === '' ? '' : ` of ${plainText(stats.corpus, 80)}`}`,
        '',
        `${stats.people.length} people, ${stats.messages} messages on ${stats.days.count} days (${stats.days.first} to ${stats.days.last}).`,
        '',
        ...(stats.attribution === '' ? [] : [`From: ${plainText(stats.attribution, 400)}`, '']),
        table(['Person', 'Messages', 'Words', 'Questions', 'Answers', 'Days'], rows),
        '',
      ].join('\n');
    },
  };
}

/** The hash of a library of days is that of its list of days and messages. */
export function describeDays({ days, volumes }: Library) {
  return {
    output: digestOf(days.map(({ day, start, end }) => ({ day, messages: end - start }))),
    counts: {
      days: days.length,
      messages: volumes.reduce((sum, { index }) => sum + index.messages.length, 0),
    },
  };
}

/** The first and the last day of a library and how many there are. */
export function spanOf({ days }: Library) {
  return { first: days[0]?.day ?? '', last: days.at(-1)?.day ?? '', count: days.length };
}
