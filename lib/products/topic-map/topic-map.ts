import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import { plainText, table } from '../../core/markdown.ts';
import { planFromDays } from '../chat-index/day-orders.ts';
import type { IndexCache } from '../chat-index/index-cache.ts';
import { type Library, openLibrary } from '../chat-index/library.ts';
import { CHAT, type ProductDefinition } from '../definition.ts';
import { makeDocument } from '../goods/make-document.ts';
import { readJsonGoods } from '../goods/read-goods.ts';
import { LEXICON_VERSION } from '../lexicon/match.ts';
import { inputsOf } from '../product-order.ts';
import { describeDays, spanOf } from '../user-stats/user-stats.ts';
import { drawMap } from './draw.ts';
import { TOPIC_MAP_VERSION, type TopicMap, topicMap } from './goods.ts';

const PRODUCT = 'topic-map';
const MAX_BYTES = maxGoodsBytesOf(PRODUCT);

/** What is spoken of, by whom to ask about it, and what goes with what. */
export function createTopicMaps(cache: IndexCache): ProductDefinition {
  return {
    name: PRODUCT,
    version: TOPIC_MAP_VERSION,
    from: [CHAT],
    plan: async (inputs, settings) => {
      const { title, attribution, bots } = settings;
      return planFromDays(inputs, settings, {
        product: PRODUCT,
        version: TOPIC_MAP_VERSION,
        topics: ['community', 'data'],
        title: 'Topic map',
        settings: { title, attribution, bots, lexicon: LEXICON_VERSION },
      });
    },
    make: (order, inputs, { title, attribution, bots }, io) =>
      makeDocument<Library, TopicMap>(order, io, {
        gather: {
          name: 'read',
          version: '1',
          run: () => openLibrary(cache, inputsOf(order, inputs), { windowDays: 0 }),
        },
        describeGathered: describeDays,
        find: {
          name: 'draw-map',
          version: `${TOPIC_MAP_VERSION}.${LEXICON_VERSION}`,
          run: async (library) => ({
            product: PRODUCT,
            version: TOPIC_MAP_VERSION,
            attribution,
            corpus: title,
            days: spanOf(library),
            ...(await drawMap(library, new Set(bots))),
          }),
        },
        countFound: ({ topics, together }) => ({ topics: topics.length, pairs: together.length }),
      }),
    summarize: async (path) => page(await readJsonGoods({ path }, topicMap, MAX_BYTES)),
  };
}

function page(map: TopicMap): string {
  const rows = map.topics.map((entry) => [
    entry.topic,
    String(entry.messages),
    String(entry.people),
    entry.trend,
    entry.skills
      .slice(0, 4)
      .map(({ skill }) => skill)
      .join(', '),
    entry.related.map(({ term }) => plainText(term, 40)).join(', '),
    entry.helpers
      .slice(0, 2)
      .map(({ person }) => person)
      .join(', '),
    entry.evidence.map((ref) => plainText(ref, 40)).join(', '),
  ]);
  const pairs = map.together
    .slice(0, 15)
    .map(({ topics, personDays, npmi }) => [topics.join(' and '), String(personDays), String(npmi)]);
  return [
    `# Topic map${map.corpus === '' ? '' : ` of ${plainText(map.corpus, 80)}`}`,
    '',
    `${map.messages} messages on ${map.days.count} days (${map.days.first} to ${map.days.last}).`,
    '',
    ...(map.attribution === '' ? [] : [`From: ${plainText(map.attribution, 400)}`, '']),
    table(['Topic', 'Messages', 'People', 'Trend', 'Skills', 'Words that go with it', 'Who answers', 'Evidence'], rows),
    '',
    '## Topics that go together',
    '',
    table(['Topics', 'Days of a person', 'NPMI'], pairs),
    '',
  ].join('\n');
}
