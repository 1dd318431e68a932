import { z } from 'zod';

const count = z.number().int().min(0);

/** What happened to the lines of a log. Invalid lines are counted, never dropped silently. */
export const ingestCounts = z.strictObject({
  lines: count,
  messages: count,
  /** Lines by the server: joins, leaves, renames. */
  serverLines: count,
  /** Lines that are private on their own network. */
  private: count,
  /** Lines that the format can't parse. */
  unparsed: count,
  tooLong: count,
  /** Lines whose bytes weren't UTF-8; those bytes became U+FFFD. */
  mended: count,
  /** Messages of people who opted out. */
  optedOut: count,
  /** Messages with nothing left after cleaning. */
  empty: count,
  email: count,
  ip: count,
  mac: count,
  phone: count,
  key: count,
  password: count,
  wallet: count,
  card: count,
  id: count,
  place: count,
  birthday: count,
  name: count,
});
export type IngestCounts = z.infer<typeof ingestCounts>;

/** Counts that are all zero. */
export function noCounts(): IngestCounts {
  return {
    lines: 0,
    messages: 0,
    serverLines: 0,
    private: 0,
    unparsed: 0,
    tooLong: 0,
    mended: 0,
    optedOut: 0,
    empty: 0,
    email: 0,
    ip: 0,
    mac: 0,
    phone: 0,
    key: 0,
    password: 0,
    wallet: 0,
    card: 0,
    id: 0,
    place: 0,
    birthday: 0,
    name: 0,
  };
}

/** Adds counts up. */
export function sumCounts(all: Iterable<IngestCounts>): IngestCounts {
  const total = noCounts();
  for (const counts of all) {
    for (const key of ingestCounts.keyof().options) total[key] += counts[key];
  }
  return total;
}
