import { z } from 'zod';
import { parseJson } from '../../../core/json.ts';
import type { JsonFormat, LineFormat, LogReader, ParsedLine, Speaker } from './format.ts';
import { instantOf } from './instants.ts';
import { sampleItems } from './json-sample.ts';
import { personOf, present } from './people.ts';
import { createRemovals } from './removals.ts';

const PATHS = ['$.*'];

const text = z.string().nullish();
const author = z.object({ id: text, name: text, display_name: text });
const item = z.object({
  author: author.nullish(),
  message: text,
  message_id: text,
  message_type: text,
  action_type: text,
  /** In microseconds since 1970. */
  timestamp: z.number().nullish(),
  target_message_id: text,
  target_author: author.nullish(),
  target_author_id: text,
  in_reply_to: z.object({ author: author.nullish() }).nullish().catch(undefined),
});
type Item = z.output<typeof item>;

const facts = {
  form: 'chat-downloader (JSON and JSON lines)',
  name: 'chat-downloader',
};

/** What chat-downloader writes to a `.json` file (github.com/xenova/chat-downloader): one array of items. */
export const chatDownloaderFormat: JsonFormat = {
  ...facts,
  unit: 'json',
  paths: PATHS,
  recognize: (sample) => (sampleItems(sample, PATHS).some(({ value }) => isMessage(value)) ? 'certain' : 'no'),
  open: () => readerOf(({ value }) => value),
};

/** What chat-downloader writes to a `.jsonl` file: an item a line. */
export const chatDownloaderLinesFormat: LineFormat = {
  ...facts,
  unit: 'lines',
  recognize: ({ lines }) => (lines.some((line) => isMessage(parseJson(line))) ? 'certain' : 'no'),
  open: () => readerOf((line) => (line.trim() === '' ? '' : parseJson(line))),
};

function isMessage(value: unknown): boolean {
  const parsed = item.safeParse(value);
  return parsed.success && parsed.data.message_type !== undefined && meaningOf(parsed.data).kind === 'message';
}

function readerOf<Unit>(parse: (unit: Unit) => unknown): LogReader<Unit> {
  const removals = createRemovals();
  return {
    foresee: (unit) => {
      removals.pass();
      const { data } = item.safeParse(parse(unit));
      if (data === undefined) return;
      removals.remove(data.target_message_id ?? undefined);
      const person = data.target_author?.id ?? data.target_author_id ?? (isBan(data) ? data.author?.id : undefined);
      if (typeof person === 'string') removals.removeAllBefore(person);
    },
    read: (unit) => {
      const value = parse(unit);
      removals.next();
      if (value === '') return { kind: 'blank' };
      const { data } = item.safeParse(value);
      if (data === undefined) return { kind: 'unknown' };
      const parsed = meaningOf(data);
      if (parsed.kind !== 'message') return parsed;
      return removals.isRemoved(data.message_id ?? undefined, [data.author?.id ?? undefined])
        ? { kind: 'private', by: parsed.by, others: parsed.others ?? [] }
        : parsed;
    },
    refusal: removals.refusal,
  };
}

function isBan({ message_type: type, action_type: action }: Item): boolean {
  return /^(?:ban_user|timeout|mark_chat_items_by_author_as_deleted)/.test(`${type ?? action ?? ''}`);
}

function meaningOf(data: Item): ParsedLine {
  const by = speakerOf(data.author);
  const others = present([data.in_reply_to?.author, data.target_author].map(speakerOf));
  if (data.message_type === 'whisper') return by === undefined ? { kind: 'private' } : { kind: 'private', by };
  if (isBan(data) || typeof data.target_message_id === 'string') return { kind: 'server' };
  if (by === undefined) return { kind: data.message_type === undefined ? 'unknown' : 'server' };
  if (typeof data.message !== 'string' || data.message === '') return { kind: 'presence', people: [by] };
  const at = typeof data.timestamp === 'number' ? instantOf(data.timestamp / 1000) : undefined;
  if (at === undefined) return { kind: 'unknown' };
  const [, acted] = /^\u0001ACTION (.*?)\u0001?$/su.exec(data.message) ?? [];
  return { kind: 'message', at, by, text: acted ?? data.message, action: acted !== undefined, others };
}

function speakerOf(of: Item['author']): Speaker | undefined {
  const id = of?.id;
  return personOf([of?.name, of?.display_name, id], typeof id === 'string' ? idOf(id) : undefined);
}

/** Of the sites that it reads, the forms of these ids are unlike all others. */
function idOf(id: string): string | undefined {
  if (/^\d+$/.test(id)) return `twitch:${id}`;
  return /^UC[\w-]{22}$/.test(id) ? `youtube:${id}` : undefined;
}
