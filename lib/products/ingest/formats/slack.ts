import { z } from 'zod';
import type { JsonFormat, JsonItem, LogPlace, LogReader, ParsedLine, Speaker } from './format.ts';
import { instantOfSeconds } from './instants.ts';
import { sampleItems } from './json-sample.ts';
import { personOf, present } from './people.ts';
import { createRemovals } from './removals.ts';
import { mentionedInSlack, plainSlackText } from './slack-text.ts';

const PATHS = ['$.*'];
/** So many people and channels of an export are known. */
const MAX_LISTED = 200_000;

const text = z.string().nullish();
const profile = z.object({
  name: text,
  real_name: text,
  display_name: text,
  real_name_normalized: text,
  display_name_normalized: text,
});

const message = z.object({
  type: z.literal('message'),
  subtype: text,
  user: text,
  bot_id: text,
  text,
  ts: z.string(),
  hidden: z.boolean().nullish(),
  is_ephemeral: z.boolean().nullish(),
  user_profile: profile.nullish(),
  deleted_ts: text,
  message: z.object({ ts: text }).nullish(),
});
type Message = z.output<typeof message>;

const user = z.object({
  id: z.string().regex(/^[UW][A-Z0-9]+$/),
  name: z.string(),
  real_name: text,
  profile: profile.nullish(),
});
const conversation = z.object({ id: z.string().regex(/^[CGD][A-Z0-9]+$/), name: text });

/** People's own words; other subtypes are the program's. */
const SPOKEN: ReadonlySet<string> = new Set([
  '',
  'thread_broadcast',
  'me_message',
  'file_share',
  'file_comment',
  'reply_broadcast',
]);
const LISTS = ['users', 'channels', 'groups', 'dms', 'mpims'].map((list) => `../${list}.json`);

/**
 * The export of a Slack workspace (slack.com/help/articles/220556107): a folder a channel, an array of messages a day, beside them
 * who is who and what is private. What a message shows of others' words (attachments, quotes, the start of its thread) is left out.
 */
export const slackFormat: JsonFormat = {
  name: 'slack',
  form: 'an export of Slack',
  unit: 'json',
  paths: PATHS,
  recognize: (sample) =>
    sampleItems(sample, PATHS).some(({ value }) =>
      [message, user.required({ profile: true })].some((form) => form.safeParse(value).success),
    )
      ? 'certain'
      : 'no',
  companions: (path) => (path.includes('/') ? LISTS : []),
  open: openSlack,
};

function openSlack(place: LogPlace): LogReader<JsonItem> {
  const folder = place.path.split('/').at(-2) ?? '';
  const people = new Map<string, Speaker>();
  const open = new Set<string>();
  const closed = new Set<string>();
  const removals = createRemovals();
  const isPrivate = (): boolean =>
    /^D[A-Z0-9]{6,}$|^mpdm-/.test(folder) || closed.has(folder) || (open.size > 0 && !open.has(folder));

  const foresee = ({ value }: JsonItem, companion?: string): void => {
    if (companion === '../users.json') {
      const listed = user.safeParse(value).data;
      const person = listed === undefined ? undefined : personOfUser(listed);
      if (listed !== undefined && person !== undefined && people.size < MAX_LISTED) people.set(listed.id, person);
    } else if (companion !== undefined) {
      const listed = conversation.safeParse(value).data;
      const names = companion === '../channels.json' ? open : closed;
      if (listed !== undefined && names.size < MAX_LISTED)
        for (const name of [listed.id, listed.name ?? listed.id]) names.add(name);
    } else {
      const said = message.safeParse(value).data;
      removals.remove(said?.deleted_ts ?? undefined);
      if (said?.subtype === 'message_changed') removals.remove(said.message?.ts ?? undefined);
    }
  };
  const read = ({ value }: JsonItem): ParsedLine => {
    const said = message.safeParse(value).data;
    if (said !== undefined)
      return isPrivate() || removals.isRemoved(said.ts, []) ? { kind: 'private' } : readMessage(said, people);
    const listed = user.safeParse(value).data;
    const person = listed === undefined ? undefined : personOfUser(listed);
    if (person !== undefined) return { kind: 'presence', people: [person] };
    return { kind: conversation.safeParse(value).success ? 'server' : 'unknown' };
  };
  const refusal = (): string | undefined =>
    isPrivate()
      ? 'it is a private conversation or of a channel that `channels.json` does not list: leave it out'
      : removals.refusal();
  return { foresee, read, refusal };
}

function readMessage(said: Message, people: ReadonlyMap<string, Speaker>): ParsedLine {
  const { user: id, user_profile: shown, subtype, ts } = said;
  if (said.is_ephemeral === true) return { kind: 'private' };
  if (typeof id !== 'string' || typeof said.bot_id === 'string' || said.hidden === true) return { kind: 'server' };
  const listed = people.get(id);
  const by = personOf([listed?.nick, ...(listed?.aliases ?? []), id, ...namesOf(shown)], `slack:${id}`);
  if (by === undefined) return { kind: 'server' };
  const isJoin = /_(?:join|leave)$/.test(subtype ?? '');
  if (!SPOKEN.has(subtype ?? '')) return isJoin ? { kind: 'presence', people: [by] } : { kind: 'server' };
  const at = instantOfSeconds(ts);
  if (at === undefined) return { kind: 'unknown' };
  const plain = plainSlackText(said.text ?? '', (mentioned) => people.get(mentioned)?.nick);
  const mentioned = mentionedInSlack(said.text ?? '');
  const others = present(
    mentioned.map(([other, label]) => personOf([people.get(other)?.nick, label], `slack:${other}`)),
  );
  return { kind: 'message', at, by, text: plain, action: subtype === 'me_message', others };
}

function personOfUser({ id, name, real_name: realName, profile: shown }: z.output<typeof user>): Speaker | undefined {
  return personOf([name, id, realName, ...namesOf(shown)], `slack:${id}`);
}

function namesOf(shown: z.output<typeof profile> | null | undefined): readonly (string | null | undefined)[] {
  const { name, real_name: real, display_name: display } = shown ?? {};
  return [name, real, display, shown?.real_name_normalized, shown?.display_name_normalized];
}
