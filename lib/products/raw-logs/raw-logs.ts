import { plainText, table } from '../../core/markdown.ts';
import { compareText } from '../../core/text.ts';
import { digestOf } from '../../work/digest.ts';
import { createWorkChain, foldInputs } from '../../work/work-chain.ts';
import type { IndexCache } from '../chat-index/index-cache.ts';
import { openLibrary } from '../chat-index/library.ts';
import { topicShares } from '../chat-index/topic-baseline.ts';
import { CHAT, type InputRef, type ProductDefinition, type WorkOrder } from '../definition.ts';
import { RAW_LOGS_VERSION } from '../goods/raw-logs.ts';
import { readRawLogsHeader } from '../goods/read-raw-logs-header.ts';
import type { Topic } from '../lexicon/topics.ts';
import { createOrder, distinctInputs, inputsOf } from '../product-order.ts';
import type { ProductSettings } from '../settings.ts';
import { renderRawLogs } from './render.ts';
import { tally } from './tally.ts';

const PRODUCT = 'raw-logs';

/** The newest days speak for a bundle's topics. */
const DAYS_FOR_TOPICS = 10;

/**
 * The pseudonymous chat itself: the backlog as one bundle, then a piece for each new day. Older days whose offer was
 * withdrawn, as when somebody in them asked to be forgotten, are a backlog again.
 */
export function createRawLogs(cache: IndexCache): ProductDefinition {
  return {
    name: PRODUCT,
    version: RAW_LOGS_VERSION,
    from: [CHAT],
    plan: async (inputs, settings) => {
      const days = distinctInputs(inputs, CHAT);
      if (days.length === 0) return [];
      const newestOffered = days.findLast(({ digest }) => settings.alreadyOffered.has(digest))?.label ?? '';
      const missing = days.filter(({ digest }) => !settings.alreadyOffered.has(digest));
      const backlog = missing.filter(({ label }) => newestOffered === '' || label <= newestOffered);
      const orders = backlog.length === 0 ? [] : [await orderOf(cache, backlog, settings)];
      for (const day of missing) if (!backlog.includes(day)) orders.push(await orderOf(cache, [day], settings));
      return orders;
    },
    make: async (order, inputs, settings, { executor, outDir, now }) => {
      const days = inputsOf(order, inputs);
      const digests = days.map(({ digest }) => digest);
      const chain = createWorkChain(executor, now);
      const header = await chain.run(tally, { days, settings }, foldInputs(digests), (made) => ({
        output: digestOf(made),
        counts: { days: made.days.length, messages: made.messages, people: made.people },
      }));
      const renderInputs = foldInputs([digestOf(header), ...digests], 1);
      const file = await chain.run(renderRawLogs, { header, days, outDir }, renderInputs, (made) => ({
        output: made.digest,
        counts: { bytes: made.sizeBytes },
      }));
      return { order, ...file, work: chain.records() };
    },
    carriedSettings: async (path) => (await readRawLogsHeader({ path })).corpus,
    summarize: async (path) => {
      const { corpus, days, messages, people } = await readRawLogsHeader({ path });
      const span = days.length === 1 ? days[0]?.day : `${days[0]?.day} to ${days.at(-1)?.day}`;
      const rows = days.slice(-30).map((entry) => [entry.day, String(entry.messages)]);
      return [
        `# Raw logs: ${plainText(corpus.title, 80)}`,
        '',
        `${messages} messages by ${people} people on ${days.length} ${days.length === 1 ? 'day' : 'days'} (${span}), in ${corpus.languages.join(' and ')}.`,
        ...(corpus.attribution === '' ? [] : ['', `From: ${plainText(corpus.attribution, 400)}`]),
        '',
        table(['Day', 'Messages'], rows),
        ...(days.length > rows.length
          ? ['', `The ${days.length - rows.length} days before these are left out here.`]
          : []),
        '',
      ].join('\n');
    },
  };
}

/** The topics that come up most in some days, at most five. */
async function mainTopics(cache: IndexCache, days: readonly InputRef[]): Promise<readonly Topic[]> {
  const shares = await topicShares(await openLibrary(cache, days, { windowDays: 0 }));
  return [...shares]
    .sort(([a, shareA], [b, shareB]) => shareB - shareA || compareText(a, b))
    .slice(0, 5)
    .map(([topic]) => topic);
}

async function orderOf(cache: IndexCache, days: readonly InputRef[], settings: ProductSettings): Promise<WorkOrder> {
  const first = days[0]?.label ?? '';
  const last = days.at(-1)?.label ?? '';
  const { title, attribution, minMessages, maxProfiles, windowDays, languages, bots, edition } = settings;
  const about = title === '' ? 'chat logs' : title;
  return createOrder({
    product: PRODUCT,
    version: RAW_LOGS_VERSION,
    subject: days.length === 1 ? last : '',
    title: days.length === 1 ? `${last} of ${about}` : `${days.length} days (${first} to ${last}) of ${about}`,
    topics: await mainTopics(cache, days.slice(-DAYS_FOR_TOPICS)),
    // Days since 1970: the newest day first, and the backlog as new as its last day.
    rank: Math.floor(Date.parse(`${last}T00:00:00Z`) / 86_400_000),
    unitCount: days.length,
    inputs: days.map(({ digest }) => digest),
    settings: { title, attribution, minMessages, maxProfiles, windowDays, languages, bots, edition },
  });
}
