import { z } from 'zod';
import type { JsonFormat, JsonItem, LogReader, ParsedLine, Speaker } from './format.ts';
import { instantOf } from './instants.ts';
import { sampleItems } from './json-sample.ts';
import { type Name, personOf, present, withoutQuotes } from './people.ts';

const PATHS = ['$.messages.*'];
/** So many edits, deletions and people of a room are remembered. */
const MAX_REMEMBERED = 200_000;

const text = z.string().nullish();
const body = z.object({ msgtype: text, body: text, formatted_body: text });
/** A mention in HTML: the address of the person and what they are called in it. */
const MENTION = /<a href="https:\/\/matrix\.to\/#\/((?:@|%40)[^"?]{1,300})[^"]{0,300}">([^<>]{1,300})<\/a>/giu;
const event = z.object({
  type: z.string(),
  sender: z.string(),
  event_id: text,
  origin_server_ts: z.number(),
  state_key: text,
  redacts: text,
  unsigned: z
    .object({
      redacted_because: z.unknown().optional(),
      prev_content: z.object({ displayname: text }).nullish().catch(undefined),
    })
    .nullish(),
  content: z.object({
    ...body.shape,
    redacts: text,
    displayname: text,
    is_direct: z.boolean().nullish(),
    join_rule: text,
    'm.new_content': body.nullish(),
    'm.relates_to': z.object({ rel_type: text, event_id: text }).nullish(),
  }),
});
type MatrixEvent = z.output<typeof event>;

/**
 * The export of a room by Element as JSON (matrix.org, client-server API: room events). Rooms that are encrypted, direct or by invitation
 * are private. Of a message that was edited its last text counts; what is deleted or quoted in a reply is left out.
 */
export const matrixFormat: JsonFormat = {
  name: 'matrix',
  form: 'Element (JSON)',
  unit: 'json',
  paths: PATHS,
  recognize: (sample) =>
    sampleItems(sample, PATHS).some(({ value }) => event.safeParse(value).success) ? 'certain' : 'no',
  open: openMatrix,
};

function openMatrix(): LogReader<JsonItem> {
  const shown = new Map<string, string>();
  const deleted = new Set<string>();
  /** By the message that was edited: the last edit. */
  const edits = new Map<string, string>();
  let isPrivate = false;
  let isFull = false;
  const foresee = ({ value }: JsonItem): void => {
    const { data } = event.safeParse(value);
    if (data === undefined) return;
    const { content, type } = data;
    isPrivate ||= type === 'm.room.encryption' || type === 'm.room.encrypted' || content.is_direct === true;
    isPrivate ||= type === 'm.room.join_rules' && content.join_rule !== 'public';
    isFull ||= deleted.size + edits.size >= MAX_REMEMBERED;
    if (isFull) return;
    const gone = type === 'm.room.redaction' ? (data.redacts ?? content.redacts) : undefined;
    if (typeof gone === 'string') deleted.add(gone);
    const edited = editedBy(data);
    if (edited !== undefined && typeof data.event_id === 'string') edits.set(edited, data.event_id);
  };
  const read = ({ value }: JsonItem): ParsedLine => {
    const { data } = event.safeParse(value);
    if (data === undefined) return { kind: 'unknown' };
    if (isPrivate) return { kind: 'private' };
    const { content, type, event_id: id } = data;
    if (type === 'm.room.member') {
      const who = data.state_key ?? data.sender;
      if (typeof content.displayname === 'string' && shown.size < MAX_REMEMBERED) shown.set(who, content.displayname);
      const names = [content.displayname, data.unsigned?.prev_content?.displayname];
      return { kind: 'presence', people: present([personOfId(who, ...names)]) };
    }
    if (type !== 'm.room.message') return { kind: 'server' };
    const by = personOfId(data.sender, shown.get(data.sender));
    if (by === undefined) return { kind: 'unknown' };
    const edited = editedBy(data);
    const isOld = typeof id === 'string' && (deleted.has(id) || edits.has(id));
    const isOldEdit = edited !== undefined && (edits.get(edited) !== id || deleted.has(edited));
    if (isOld || isOldEdit || data.unsigned?.redacted_because !== undefined) return { kind: 'private', by };
    return readBody(content['m.new_content'] ?? content, by, data.origin_server_ts);
  };
  const refusal = (): string | undefined => {
    if (isPrivate) return 'its room is encrypted, direct or by invitation: leave it out';
    return isFull ? `more than ${MAX_REMEMBERED} of its messages are edited or deleted` : undefined;
  };
  return { foresee, read, refusal };
}

function editedBy({ content }: MatrixEvent): string | undefined {
  const related = content['m.relates_to'];
  return related?.rel_type === 'm.replace' ? (related.event_id ?? undefined) : undefined;
}

function readBody(said: z.output<typeof body>, by: Speaker, ms: number): ParsedLine {
  const at = instantOf(ms);
  // Notices are those of bots, and other types are files.
  if (said.msgtype !== 'm.text' && said.msgtype !== 'm.emote') return { kind: 'server' };
  if (at === undefined || typeof said.body !== 'string') return { kind: 'unknown' };
  const others = present(mentionedIn(said.formatted_body ?? ''));
  return { kind: 'message', at, by, text: withoutQuotes(said.body), action: said.msgtype === 'm.emote', others };
}

function mentionedIn(html: string): readonly (Speaker | undefined)[] {
  return [...html.matchAll(MENTION)].map(([, id = '', name]) => personOfId(decoded(id), name));
}

/** An address's part without its escapes. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Somebody by an id as in `@ann:example.org`: called by its first part. */
function personOfId(id: string, ...displayNames: readonly Name[]): Speaker | undefined {
  return personOf([/^@([^:]+):/.exec(id)?.[1], id, ...displayNames], `matrix:${id}`);
}
