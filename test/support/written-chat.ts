/** Somebody in a made conversation: on IRC by login, elsewhere also by display name and id. */
export interface Person {
  readonly login: string;
  readonly display: string;
  /** Digits. */
  readonly id: string;
  readonly sign: '' | '@' | '+';
}

/** What happens in a made conversation, in the order in which it does. */
export type ChatEvent =
  | { readonly kind: 'say' | 'act' | 'whisper' | 'ops-notice' | 'join'; readonly who: Person; readonly text: string }
  | { readonly kind: 'rename'; readonly who: Person; readonly to: Person; readonly text: '' };

/** The day of every made conversation. */
export const CHAT_DAY = '2024-05-13';
const START_MS = Date.UTC(2024, 4, 13, 9, 0, 0);

/** The moment of an event, by its number: one a minute. */
interface Moment {
  readonly ms: number;
  readonly minute: string;
  readonly second: string;
}

function momentOf(number: number): Moment {
  const iso = new Date(START_MS + number * 60_000).toISOString();
  return { ms: START_MS + number * 60_000, minute: iso.slice(11, 16), second: iso.slice(11, 19) };
}

/** One accepted format: where a conversation stands and how; undefined for events that it can't express. */
interface Writer {
  readonly path: string;
  readonly event: (of: ChatEvent, at: Moment) => string | object | undefined;
  readonly head?: readonly string[];
  /** Whether people are renamed in it; where they aren't, an id has one login. */
  readonly renames?: true;
  /** The document around the items; lines otherwise. */
  readonly document?: (items: readonly unknown[], people: readonly Person[]) => unknown;
  readonly beside?: (people: readonly Person[]) => Readonly<Record<string, string>>;
}

const named = ({ sign, login }: Person) => `${sign}${login}`;

/** An IRC program by its lines: what is said, done, noticed, joined and renamed. */
function irc(
  path: string,
  head: readonly string[],
  stamp: (at: Moment) => string,
  line: Readonly<
    Record<'say' | 'act' | 'join' | 'rename', (who: string, text: string, plain: string, at: Moment) => string>
  > & {
    readonly whisper?: (who: string, text: string) => string;
    readonly ops?: (who: string, text: string) => string;
  },
): Writer {
  return {
    path,
    head,
    renames: true,
    event: (of, at) => {
      const start = stamp(at);
      if (of.kind === 'say') return start + line.say(named(of.who), of.text, of.who.login, at);
      if (of.kind === 'act') return start + line.act(of.who.login, of.text, of.who.login, at);
      if (of.kind === 'join') return start + line.join(of.who.login, '', of.who.login, at);
      if (of.kind === 'rename') return start + line.rename(of.who.login, of.to.login, of.who.login, at);
      const write = of.kind === 'whisper' ? line.whisper : line.ops;
      return write === undefined ? undefined : start + write(of.who.login, of.text);
    },
  };
}

const isoOf = (at: Moment) => `${CHAT_DAY}T${at.second}`;
const angled = (who: string, text: string) => `<${who}> ${text}`;
const starred = (who: string, text: string) => `* ${who} ${text}`;
const opsNotice = (who: string, text: string) => `-${who}:@#lab- ${text}`;
const joins = (who: string) => `${who} (~u@host.example) has joined #lab`;
const renames = (from: string, to: string) => `${from} is now known as ${to}`;
const twitchTags = (who: Person, at: Moment) =>
  `@badge-info=;display-name=${who.display.replaceAll(' ', String.raw`\s`)};id=m${at.ms};tmi-sent-ts=${at.ms};user-id=${who.id} :${who.login}!${who.login}@${who.login}.tmi.twitch.tv`;
const slackText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const slackId = (who: Person) => `U${who.id}`;

/** All formats by their names. */
export const CHAT_WRITERS: Readonly<Record<string, Writer>> = {
  ubuntu: irc('ubuntu/2024/05/13/#lab.txt', [], () => '', {
    say: (_, text, plain, at) => `[${at.minute}] ${angled(plain, text)}`,
    act: (who, text, _, at) => `[${at.minute}]  * ${who} ${text}`,
    join: (who) => `=== ${who} [~u@host.example] has joined #lab`,
    rename: (from, to) => `=== ${renames(from, to)}`,
  }),
  irssi: irc('irssi/#lab.log', ['--- Log opened Mon May 13 09:00:00 2024'], (at) => `${at.minute} `, {
    say: angled,
    act: (who, text) => ` * ${who} ${text}`,
    join: (who) => `-!- ${who} [~u@host.example] has joined #lab`,
    rename: (from, to) => `-!- ${renames(from, to)}`,
    ops: opsNotice,
    whisper: (who, text) => `[${who}(~u@host.example)] ${text}`,
  }),
  weechat: irc('irc.libera.#lab.weechatlog', [], (at) => `${CHAT_DAY} ${at.second}\t`, {
    say: (who, text) => `${who}\t${text}`,
    act: (who, text) => ` *\t${who} ${text}`,
    join: (who) => `-->\t${joins(who)}`,
    rename: (from, to) => `--\t${renames(from, to)}`,
    ops: (who, text) => `--\tNotice:@#lab(${who}): ${text}`,
  }),
  znc: irc(`znc/#lab/${CHAT_DAY}.log`, [], (at) => `[${at.second}] `, {
    say: (_, text, plain) => angled(plain, text),
    act: starred,
    join: (who) => `*** Joins: ${who} (~u@host.example)`,
    rename: (from, to) => `*** ${renames(from, to)}`,
  }),
  hexchat: irc(
    'hexchat/libera-#lab.log',
    ['**** BEGIN LOGGING AT Mon May 13 09:00:00 2024'],
    (at) => `May 13 ${at.second} `,
    {
      say: (who, text) => `<${who}>\t${text}`,
      act: (who, text) => `*\t${who} ${text}`,
      join: (who) => `*\t${joins(who)}`,
      rename: (from, to) => `*\t${renames(from, to)}`,
      ops: (who, text) => `-${who}/@#lab-\t${text}`,
      whisper: (who, text) => `*${who}*\t${text}`,
    },
  ),
  textual: irc(`textual/#lab/log.txt`, [], (at) => `[${isoOf(at)}+0000] `, {
    say: angled,
    act: (who, text) => `• ${who}: ${text}`,
    join: (who) => `${who} (~u@host.example) has joined the channel`,
    rename: renames,
    ops: opsNotice,
  }),
  mirc: irc(
    'mirc/lab.log',
    ['Session Start: Mon May 13 09:00:00 2024', 'Session Ident: #lab'],
    (at) => `[${at.minute}] `,
    {
      say: angled,
      act: starred,
      join: (who) => `* ${joins(who)}`,
      rename: (from, to) => `* ${renames(from, to)}`,
      ops: opsNotice,
      whisper: (who, text) => `*${who}* ${text}`,
    },
  ),
  eggdrop: irc('eggdrop/lab.log', ['[00:00] --- Mon May 13 2024'], (at) => `[${at.minute}] `, {
    say: (_, text, plain) => angled(plain, text),
    act: (who, text) => `Action: ${who} ${text}`,
    join: (who) => `${who} (~u@host.example) joined #lab.`,
    rename: (from, to) => `Nick change: ${from} -> ${to}`,
    ops: opsNotice,
    whisper: (who, text) => `[${who}!~u@host.example] ${text}`,
  }),
  'twitch-irc': {
    path: 'twitch/raw.log',
    event: (of, at) => {
      const start = twitchTags(of.who, at);
      if (of.kind === 'say') return `${start} PRIVMSG #lab :${of.text}`;
      if (of.kind === 'act') return `${start} PRIVMSG #lab :\u0001ACTION ${of.text}\u0001`;
      return of.kind === 'whisper' ? `${start} WHISPER lab :${of.text}` : undefined;
    },
  },
  'json-lines': {
    path: 'jsonl/chat.jsonl',
    event: (of, at) =>
      of.kind === 'say'
        ? JSON.stringify({ timestamp: at.ms, user: of.who.login, 'display-name': of.who.display, message: of.text })
        : undefined,
  },
  'twitch-downloader': {
    path: 'twitch/video.json',
    event: (of, at) =>
      of.kind === 'say'
        ? {
            created_at: `${isoOf(at)}Z`,
            commenter: { _id: of.who.id, name: of.who.login, display_name: of.who.display },
            message: { body: of.text, fragments: [] },
          }
        : undefined,
    document: (comments) => ({ FileInfo: {}, streamer: { name: 'lab' }, comments, embeddedData: null }),
  },
  'chat-downloader': {
    path: 'chat-downloader/video.json',
    event: (of, at) =>
      of.kind === 'say' || of.kind === 'whisper'
        ? {
            author: { id: of.who.id, name: of.who.login, display_name: of.who.display },
            message: of.text,
            message_id: `m${at.ms}`,
            message_type: of.kind === 'say' ? 'text_message' : 'whisper',
            timestamp: at.ms * 1000,
          }
        : undefined,
    document: (items) => items,
  },
  slack: {
    path: `slack/general/${CHAT_DAY}.json`,
    event: (of, at) => {
      const ts = `${at.ms / 1000}.000100`;
      const shared = { type: 'message', user: slackId(of.who), ts, text: slackText(of.text) };
      if (of.kind === 'say') return { ...shared, attachments: [{ text: 'words of another' }] };
      if (of.kind === 'act') return { ...shared, subtype: 'me_message' };
      if (of.kind === 'whisper') return { ...shared, is_ephemeral: true };
      return of.kind === 'join' ? { ...shared, subtype: 'channel_join' } : undefined;
    },
    document: (items) => items,
    beside: (people) => ({
      'slack/users.json': JSON.stringify(
        people.map((who) => ({ id: slackId(who), name: who.login, profile: { display_name: who.display } })),
      ),
      'slack/channels.json': JSON.stringify([{ id: 'C1', name: 'general' }]),
    }),
  },
  discord: {
    path: 'discord/lab.json',
    event: (of, at) => {
      const author = {
        id: of.who.id,
        name: of.who.login,
        nickname: of.who.display,
        discriminator: '0000',
        isBot: false,
      };
      const shared = { id: `${at.ms}`, timestamp: `${isoOf(at)}+00:00`, content: of.text, author, mentions: [] };
      if (of.kind === 'say') return { ...shared, type: 'Default', embeds: [{ description: 'words of another' }] };
      return of.kind === 'join' ? { ...shared, type: 'GuildMemberJoin' } : undefined;
    },
    document: (messages) => ({
      guild: { id: '1' },
      channel: { id: '2', type: 'GuildTextChat', name: 'lab' },
      messages,
    }),
  },
  telegram: {
    path: 'telegram/result.json',
    event: (of, at) => {
      const shared = { id: at.ms, date: isoOf(at), date_unixtime: `${at.ms / 1000}` };
      const said = { ...shared, type: 'message', from: of.who.display, from_id: `user${of.who.id}` };
      if (of.kind === 'say') return { ...said, text: [of.text, { type: 'blockquote', text: ' words of another' }] };
      if (of.kind === 'whisper') return { ...said, text: of.text, forwarded_from: 'Another' };
      return of.kind === 'join'
        ? { ...shared, type: 'service', actor: of.who.display, actor_id: `user${of.who.id}`, action: 'join', text: '' }
        : undefined;
    },
    document: (messages) => ({ name: 'Lab', type: 'public_supergroup', id: 1, messages }),
  },
  whatsapp: {
    path: 'whatsapp/chat.txt',
    head: ['13/05/2024, 08:59 - Messages and calls are end-to-end encrypted.'],
    event: (of, at) => (of.kind === 'say' ? `13/05/2024, ${at.minute} - ${of.who.display}: ${of.text}` : undefined),
  },
  matrix: {
    path: 'matrix/export.json',
    event: (of, at) => {
      const shared = { sender: `@${of.who.login}:hs.example`, origin_server_ts: at.ms, event_id: `$${at.ms}` };
      const message = { ...shared, type: 'm.room.message' };
      const body = `> <@another:hs.example> words of another\n\n${of.text}`;
      if (of.kind === 'say') return { ...message, content: { msgtype: 'm.text', body } };
      if (of.kind === 'act') return { ...message, content: { msgtype: 'm.emote', body: of.text } };
      const content = { membership: 'join', displayname: of.who.display };
      return of.kind === 'join' ? { ...shared, type: 'm.room.member', state_key: shared.sender, content } : undefined;
    },
    document: (messages) => ({ room_name: 'lab', messages }),
  },
};

/** What a reader must find of a conversation in a format: everything public that the format can express. */
export interface ExpectedMessage {
  readonly name: string;
  readonly text: string;
  readonly action: boolean;
}

/** A conversation in one format: its files by path, and what is to be read in them. */
export interface WrittenChat {
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: readonly ExpectedMessage[];
}

/** Writes a conversation in a format. */
export function writeChat(format: string, events: readonly ChatEvent[]): WrittenChat {
  const writer = CHAT_WRITERS[format];
  if (writer === undefined) throw new Error(`nobody writes ${format}`);
  const byId = new Map(
    events
      .map(({ who }) => who)
      .reverse()
      .map((who) => [who.id, who]),
  );
  const people = [...byId.values()];
  const written = events
    .map((event) => (writer.renames === true ? event : { ...event, who: byId.get(event.who.id) ?? event.who }))
    .map((event, number) => ({ event, item: writer.event(event, momentOf(number)) }))
    .filter(({ item }) => item !== undefined);
  const items = written.map(({ item }) => item);
  const content =
    writer.document === undefined
      ? [...(writer.head ?? []), ...items, ''].join('\n')
      : JSON.stringify(writer.document(items, people));
  const isByDisplay = format === 'telegram' || format === 'whatsapp';
  const expected = written
    .filter(({ event }) => event.kind === 'say' || event.kind === 'act')
    .map(({ event }) => ({
      name: isByDisplay ? event.who.display : event.who.login,
      text: event.text,
      action: event.kind === 'act',
    }));
  return { path: writer.path, files: { [writer.path]: content, ...writer.beside?.(people) }, expected };
}
