import { z } from 'zod';
import type { JsonFormat, JsonItem, LogReader, ParsedLine, Speaker } from './format.ts';
import { instantOfSeconds, sentAtIso } from './instants.ts';
import { sampleItems } from './json-sample.ts';
import { type Name, personOf, present } from './people.ts';

const CHATS = ['$', '$.chats.list.*', '$.left_chats.list.*'];
const PATHS = CHATS.flatMap((chat) => [`${chat}.name`, `${chat}.type`, `${chat}.messages.*`]);

const text = z.string().nullish();
const entity = z.object({ type: z.string(), text: z.string(), user_id: z.union([z.number(), z.string()]).nullish() });
const reaction = z.object({ recent: z.array(z.object({ from: text, from_id: text })).nullish() });
const message = z.object({
  type: z.enum(['message', 'service']),
  date: z.string(),
  date_unixtime: text,
  from: text,
  from_id: text,
  actor: text,
  actor_id: text,
  members: z.array(z.string().nullable()).nullish(),
  forwarded_from: text,
  forwarded_from_id: text,
  saved_from: text,
  via_bot: text,
  /** Who signed a post of a channel. */
  author: text,
  reactions: z.array(reaction).nullish().catch(undefined),
  text: z.union([z.string(), z.array(z.union([z.string(), entity]))]),
});
type Message = z.output<typeof message>;

/** Anyone can read these; all others are somebody's private conversations. */
const PUBLIC: ReadonlySet<unknown> = new Set(['public_supergroup', 'public_channel', 'public_group']);

/**
 * What Telegram Desktop exports as JSON (telegram.org/blog/export-and-more): `result.json` of one chat or of all. Chats that are not
 * public are private; what is forwarded or quoted is left out.
 */
export const telegramFormat: JsonFormat = {
  name: 'telegram',
  form: 'Telegram Desktop (JSON)',
  unit: 'json',
  paths: PATHS,
  recognize: (sample) =>
    sampleItems(sample, PATHS).some(
      ({ path, value }) => path.endsWith('.messages.*') && message.safeParse(value).success,
    )
      ? 'certain'
      : 'no',
  open: openTelegram,
};

function openTelegram(): LogReader<JsonItem> {
  let type: unknown;
  let hasPublic = false;
  return {
    read: ({ path, value }) => {
      // A name begins a chat whose type is still to come.
      if (path.endsWith('.name')) type = undefined;
      if (path.endsWith('.type')) type = value;
      if (!path.endsWith('.messages.*')) return { kind: 'server' };
      const { data } = message.safeParse(value);
      if (data === undefined) return { kind: 'unknown' };
      if (!PUBLIC.has(type)) return { kind: 'private' };
      hasPublic = true;
      return readMessage(data);
    },
    refusal: () => (hasPublic ? undefined : 'none of its chats is a public group or channel: leave it out'),
  };
}

function readMessage(data: Message): ParsedLine {
  if (data.type === 'service') {
    const people = [person(data.actor, data.actor_id), ...(data.members ?? []).map((name) => person(name, undefined))];
    return { kind: 'presence', people: people.flatMap((one) => one ?? []) };
  }
  const poster = person(data.from, data.from_id);
  const by = person(data.author, undefined) ?? poster;
  if (by === undefined) return { kind: 'unknown' };
  const others = othersIn(data);
  // Null is somebody whose account is deleted.
  if ([data.forwarded_from, data.forwarded_from_id, data.saved_from].some((other) => other !== undefined))
    return { kind: 'private', by, others };
  if (typeof data.via_bot === 'string') return { kind: 'server' };
  const at = instantOfSeconds(data.date_unixtime) ?? sentAtIso(data.date);
  if (at === undefined) return { kind: 'unknown' };
  const said = { kind: 'message', at, by, text: plainText(data.text), action: false, others } as const;
  return poster === undefined || poster === by ? said : { ...said, onBehalfOf: poster };
}

/** Whom a message names beside its author, with an identifier: mentioned, forwarded from, or reacting. */
function othersIn({
  text: parts,
  forwarded_from: from,
  forwarded_from_id: id,
  reactions,
}: Message): readonly Speaker[] {
  const mentioned = typeof parts === 'string' ? [] : parts;
  return present([
    person(from, id),
    ...mentioned.map((part) =>
      typeof part === 'string' || (part.user_id ?? undefined) === undefined
        ? undefined
        : person(part.text.replace(/^@/u, ''), `user${part.user_id}`),
    ),
    ...(reactions ?? []).flatMap(({ recent }) => (recent ?? []).map((one) => person(one.from, one.from_id))),
  ]);
}

function person(name: Name, id: Name): Speaker | undefined {
  return personOf([name, id], typeof id === 'string' ? `telegram:${id}` : undefined);
}

function plainText(parts: Message['text']): string {
  if (typeof parts === 'string') return parts;
  return parts.map((part) => (typeof part === 'string' ? part : part.type === 'blockquote' ? '' : part.text)).join('');
}
