import { z } from 'zod';
import { day, sharedSettings } from '../settings.ts';

/** The version of the format of raw logs: {@link rawLogsHeader} and the lines after it. */
export const RAW_LOGS_VERSION = '2';

/** The longest first line of raw logs, in bytes: 20,000 days take 0.8 MiB. It is parsed at a stretch, in about 20 ms. */
export const MAX_HEADER_BYTES = 1024 * 1024;

const count = z.number().int().min(0);

/** The first line of raw logs; every line after it is a message (`lib/products/ingest/message.ts`), oldest first. */
export const rawLogsHeader = z.strictObject({
  product: z.literal('raw-logs'),
  /** Version 1 had no edition. */
  version: z.enum(['1', RAW_LOGS_VERSION]),
  /** The days in it, oldest first. */
  days: z
    .array(z.strictObject({ day, messages: count }))
    .min(1)
    .max(20_000),
  messages: count,
  people: count,
  corpus: sharedSettings,
});
export type RawLogsHeader = z.infer<typeof rawLogsHeader>;
