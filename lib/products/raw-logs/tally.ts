import type { Stage } from '../../core/work.ts';
import type { InputRef } from '../definition.ts';
import { RAW_LOGS_VERSION, type RawLogsHeader } from '../goods/raw-logs.ts';
import { badGoods, parseGoods, readLines } from '../goods/read-goods.ts';
import { MAX_MESSAGE_LINE_BYTES, message } from '../ingest/message.ts';
import type { SharedSettings } from '../settings.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';

/** The days to count and the settings of the header. */
export interface TallyInput {
  readonly days: readonly InputRef[];
  readonly settings: SharedSettings;
}

/** Checks every message of the days and counts: the header of raw logs. @throws SwarmError `products/bad-goods`. */
export const tally: Stage<TallyInput, RawLogsHeader> = {
  name: 'tally',
  version: '2',
  run: async ({ days, settings }) => {
    const yieldToLoop = createYieldToLoop();
    const people = new Set<string>();
    const counted: { day: string; messages: number }[] = [];
    for (const input of days) {
      let count = 0;
      for await (const batch of readLines(input, MAX_MESSAGE_LINE_BYTES)) {
        for (const line of batch) {
          const { day, who } = parseGoods(input.path, line, message);
          if (day !== input.label) throw badGoods(input.path, `it has a message of another day than ${input.label}`);
          people.add(who);
          count += 1;
        }
        await yieldToLoop();
      }
      counted.push({ day: input.label, messages: count });
    }
    const { title, attribution, minMessages, maxProfiles, windowDays, languages, bots, edition } = settings;
    return {
      product: 'raw-logs',
      version: RAW_LOGS_VERSION,
      days: counted,
      messages: counted.reduce((sum, { messages }) => sum + messages, 0),
      people: people.size,
      corpus: { title, attribution, minMessages, maxProfiles, windowDays, languages, bots, edition },
    };
  },
};
