import { parseJson } from '../../../core/json.ts';
import type { DateOrder, LineFormat, LogReader, ParsedLine, Speaker } from './format.ts';
import { bareField, firstField, isObject, type JsonObject, namesIn } from './json-fields.ts';
import { withoutStatus } from './status-prefix.ts';
import { othersInTags } from './twitch-tags.ts';
import { parseWrittenTime, type WrittenTime } from './written-time.ts';

/** Fields of the time, the best first, by their bare form. */
const TIMES = ['tmisentts', 'timestamp', 'sentat', 'createdat', 'time', 'date', 'datetime', 'ts'];
const TEXTS = ['message', 'text', 'body', 'content', 'msg'];
const KINDS = ['messagetype', 'type', 'kind', 'event', 'command', 'msgtype', 'channeltype', 'chattype'];
const PRIVATE_KINDS = /^(?:whispers?|private|priv|query|queries|dm|pm|direct|directmessage|privatemessage|im|mpim)$/;
const PRIVATE_FLAGS = ['whisper', 'private', 'isprivate', 'iswhisper', 'dm', 'isdm', 'direct'];
const TARGETS = ['target', 'recipient', 'to', 'receiver'];
const COMING_AND_GOING = /^(?:join|part|quit|leave|kick|mode|topic|connect|disconnect|nick|nickchange|rename)$/;
const NEW_NAMES = ['newnick', 'newname', 'newusername', 'new', 'to'];
const OLD_NAMES = ['oldnick', 'oldname', 'oldusername', 'old'];

/**
 * Twitch-style JSON lines: `timestamp` or `tmi-sent-ts`, `user`, `username` or `display-name`, `message` or `text`; fields that are
 * null or of another type are as if they weren't there. Whispers and messages to one person are private.
 */
export const jsonLinesFormat: LineFormat = {
  name: 'json-lines',
  form: 'a JSON object a line with `timestamp`, `user` and `message`',
  unit: 'lines',
  recognize: ({ lines, dateOrder }) => {
    const reader = openJsonLines(dateOrder);
    return lines.some((text) => ['message', 'private'].includes(reader.read(text).kind)) ||
      reader.refusal?.() !== undefined
      ? 'possible'
      : 'no';
  },
  whyNot: ({ lines, dateOrder }) => {
    const objects = lines.slice(0, 50).map(parseJson).filter(isObject);
    if (objects.length === 0 || objects.length * 2 < Math.min(lines.length, 50)) return undefined;
    const lacks = (is: (object: JsonObject) => boolean): boolean => !objects.some(is);
    const missing = [
      ...(lacks((object) => timeOf(object, dateOrder) !== undefined) ? ['a time (`timestamp`)'] : []),
      ...(lacks((object) => speakerOf(object) !== undefined) ? ['a speaker (`user`)'] : []),
      ...(lacks((object) => saidIn(object) !== undefined) ? ['a text (`message`)'] : []),
    ];
    return missing.length === 0 ? undefined : `its lines are JSON objects without ${missing.join(', ')}`;
  },
  open: ({ dateOrder }) => openJsonLines(dateOrder),
};

function openJsonLines(order: DateOrder | undefined): LogReader<string> {
  let isUnclear = false;
  /** With a channel that starts with `#`, what has no such sign is a person. */
  let hasSigns = false;
  return {
    read: (text) => {
      if (text.trim() === '') return { kind: 'blank' };
      const object = parseJson(text);
      if (!isObject(object)) return { kind: 'unknown' };
      const by = speakerOf(object);
      const channel = textIn(object, ['channel']);
      if (channel !== undefined && /^[#&]/.test(channel)) hasSigns = true;
      const kind = bareField(textIn(object, KINDS) ?? '');
      if (COMING_AND_GOING.test(kind)) return presence(object, by);
      if (isPrivate(object, { by, channel, hasSigns }))
        return by === undefined ? { kind: 'private' } : { kind: 'private', by };
      const said = saidIn(object);
      const at = timeOf(object, order);
      if (by === undefined || said === undefined || at === undefined) return { kind: 'unknown' };
      if (at === 'unclear-order') {
        isUnclear = true;
        return { kind: 'unknown' };
      }
      const [, acted] = /^\u0001ACTION (.*?)\u0001?$/s.exec(said) ?? [];
      const others = othersIn(object);
      return { kind: 'message', at, by, text: acted ?? said, action: acted !== undefined || kind === 'action', others };
    },
    refusal: () =>
      isUnclear
        ? 'its dates may be in either order of day and month: set dateOrder in corpus.yaml to day-first or month-first'
        : undefined,
  };
}

/** The speaker: the first login is the nick, all other names are aliases. */
function speakerOf(object: JsonObject): Speaker | undefined {
  const { logins, displays, id } = namesIn(object);
  const [first, ...others] = [...logins, ...displays];
  if (first === undefined) return undefined;
  const nick = withoutStatus(first);
  const aliases = [...new Set(others)].filter((name) => name !== nick);
  const isTwitch = firstField(object, ['tmisentts', 'roomid'], (value) => value !== null) !== undefined;
  const isBotsOwn = firstField(object, ['webhookid', 'botid'], (value) => value !== null && value !== '') !== undefined;
  return id === undefined || isBotsOwn
    ? { nick, aliases }
    : { nick, aliases, id: `${isTwitch ? 'twitch' : 'json'}:${id}` };
}

/** Whom Twitch's tags name beside the speaker. */
function othersIn(object: JsonObject): readonly Speaker[] {
  return [object, object.tags, object.userstate, object.context]
    .filter(isObject)
    .flatMap((one) =>
      othersInTags(
        Object.entries(one).flatMap(([tag, value]): [string, string][] =>
          typeof value === 'string' || typeof value === 'number' ? [[tag, String(value)]] : [],
        ),
      ),
    );
}

function isPrivate(
  object: JsonObject,
  {
    by,
    channel,
    hasSigns,
  }: { readonly by: Speaker | undefined; readonly channel: string | undefined; readonly hasSigns: boolean },
): boolean {
  const kinds = [object, object.tags, object.userstate, object.context]
    .filter(isObject)
    .flatMap((one) =>
      Object.entries(one).flatMap(([field, value]) =>
        KINDS.includes(bareField(field)) && typeof value === 'string' ? [bareField(value)] : [],
      ),
    );
  if (kinds.some((kind) => PRIVATE_KINDS.test(kind))) return true;
  if (firstField(object, PRIVATE_FLAGS, (value) => value === true) !== undefined) return true;
  // A thread of Twitch's whispers: the two people's numbers.
  if (/^\d+_\d+$/.test(textIn(object, ['threadid']) ?? '')) return true;
  const target = textIn(object, TARGETS);
  if (target !== undefined && !/^[#&]/.test(target)) return true;
  if (channel === undefined || /^[#&]/.test(channel)) return false;
  const isIrc = kinds.some((kind) => kind === 'privmsg' || kind === 'notice');
  const isSpeaker =
    by !== undefined && [by.nick, ...by.aliases].some((name) => name.toLowerCase() === channel.toLowerCase());
  return isIrc || isSpeaker || hasSigns || /^[@+%~!]/.test(channel) || /^D[0-9A-Z]{8,}$/.test(channel);
}

function presence(object: JsonObject, by: Speaker | undefined): ParsedLine {
  const to = textIn(object, NEW_NAMES);
  const from = textIn(object, OLD_NAMES) ?? by?.nick;
  if (to !== undefined && from !== undefined) {
    const names = [withoutStatus(from), withoutStatus(to)] as const;
    const id = by?.id === undefined ? {} : { id: by.id };
    return { kind: 'presence', people: names.map((nick) => ({ nick, aliases: [], ...id })), rename: names };
  }
  return by === undefined ? { kind: 'server' } : { kind: 'presence', people: [by] };
}

function timeOf(object: JsonObject, order: DateOrder | undefined): WrittenTime {
  const isTime = (value: unknown): boolean => parseWrittenTime(value, order) !== undefined;
  return parseWrittenTime(firstField(object, TIMES, isTime), order);
}

function saidIn(object: JsonObject): string | undefined {
  const said = firstField(object, TEXTS, (value) => typeof value === 'string');
  return typeof said === 'string' ? said : undefined;
}

function textIn(object: JsonObject, fields: readonly string[]): string | undefined {
  const found = firstField(object, fields, (value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : undefined;
}
