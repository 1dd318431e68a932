import { z } from 'zod';
import type { JsonFormat, JsonItem, LogReader, ParsedLine, Speaker } from './format.ts';
import { sentAtIso } from './instants.ts';
import { sampleItems } from './json-sample.ts';
import { personOf, present, withoutQuotes } from './people.ts';

const PATHS = ['$.guild', '$.channel', '$.messages.*'];

const text = z.string().nullish();
const person = z.object({
  id: z.string(),
  name: text,
  nickname: text,
  discriminator: text,
  isBot: z.boolean().nullish(),
});
const message = z.object({
  type: z.union([z.string(), z.number()]),
  timestamp: z.string(),
  content: z.string(),
  author: person,
  mentions: z.array(person).nullish(),
  reactions: z
    .array(z.object({ users: z.array(person).nullish() }))
    .nullish()
    .catch(undefined),
  interaction: z.object({ user: person.nullish() }).nullish().catch(undefined),
});
const channel = z.object({ type: z.union([z.string(), z.number()]), name: text });
const guild = z.object({ id: z.string() });

/** Messages of people; the numbers are Discord's own. Other types tell what happened. */
const SPOKEN: ReadonlySet<string | number> = new Set(['Default', 'Reply', 0, 19, '0', '19']);
const JOINS: ReadonlySet<string | number> = new Set(['GuildMemberJoin', 'RecipientAdd', 'RecipientRemove', 7, '7']);
/** The guild of direct messages. */
const NO_GUILD = '0';

/**
 * What DiscordChatExporter writes (github.com/Tyrrrz/DiscordChatExporter, JSON). Direct messages and private threads are private; embeds,
 * forwarded messages and what is quoted are left out.
 */
export const discordFormat: JsonFormat = {
  name: 'discord',
  form: 'DiscordChatExporter (JSON)',
  unit: 'json',
  paths: PATHS,
  recognize: (sample) =>
    sampleItems(sample, PATHS).some(({ path, value }) => path === '$.messages.*' && message.safeParse(value).success)
      ? 'certain'
      : 'no',
  open: openDiscord,
};

function openDiscord(): LogReader<JsonItem> {
  let isPublic = false;
  let isDirect = false;
  return {
    read: ({ path, value }) => {
      if (path === '$.guild') {
        isDirect ||= guild.safeParse(value).data?.id === NO_GUILD;
        return { kind: 'server' };
      }
      if (path === '$.channel') {
        const type = String(channel.safeParse(value).data?.type ?? 'Private');
        isPublic = !/Direct|Private|^(?:1|3|12)$/u.test(type);
        return { kind: 'server' };
      }
      const { data } = message.safeParse(value);
      if (data === undefined) return { kind: 'unknown' };
      return isPublic && !isDirect ? readMessage(data) : { kind: 'private' };
    },
    refusal: () =>
      isPublic && !isDirect
        ? undefined
        : 'it is a private conversation, or does not say of what type its channel is: leave it out',
  };
}

function readMessage(data: z.output<typeof message>): ParsedLine {
  const { type, timestamp, content, author, mentions } = data;
  const by = speakerOf(author);
  const asked = data.interaction?.user ?? undefined;
  const reacting = (data.reactions ?? []).flatMap(({ users }) => users ?? []);
  const others = present([...(mentions ?? []), ...reacting, ...(asked === undefined ? [] : [asked])].map(speakerOf));
  if (by === undefined || author.isBot === true || !(SPOKEN.has(type) || JOINS.has(type)))
    return others.length === 0 ? { kind: 'server' } : { kind: 'presence', people: others };
  if (JOINS.has(type)) return { kind: 'presence', people: [by, ...others] };
  const at = sentAtIso(timestamp);
  if (at === undefined) return { kind: 'unknown' };
  const names = new Map((mentions ?? []).map((mentioned) => [mentioned.id, mentioned.name]));
  const plain = content
    .replace(/<@!?(\d+)>/gu, (whole, mentioned: string) => `@${names.get(mentioned) ?? whole.replace(/\D/gu, '')}`)
    .replace(/<(?:a?(:\w+:)\d+|#(\d+)|@&\d+|t:(\d+)(?::\w)?)>/gu, (_, emoji: string | undefined) => emoji ?? '');
  return { kind: 'message', at, by, text: withoutQuotes(plain), action: false, others };
}

function speakerOf({ id, name, nickname, discriminator }: z.output<typeof person>): Speaker | undefined {
  const tag = typeof discriminator === 'string' && /[1-9]/.test(discriminator) ? `${name}#${discriminator}` : undefined;
  return personOf([name, nickname, tag], `discord:${id}`);
}
