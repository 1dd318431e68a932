import type { LineFormat, LogReader, ParsedLine, SentAt, Speaker } from './format.ts';
import { instantOf, sentAtIso } from './instants.ts';
import { timeOf } from './irc-times.ts';
import { createRemovals } from './removals.ts';
import { othersInTags } from './twitch-tags.ts';

const PREFIX =
  /^(?:\[([^\]]{4,40})\]|(\d{4}-\d{2}-\d{2}[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)|(\d{2}:\d{2}(?::\d{2})?)):? +(?=[@:])/u;
const RAW = /^(?:@(\S+) )?:(\S+) ([A-Z]+|\d{3})(?: (.*))?$/su;
const LOGIN = /^([^\s!]{1,64})!/u;

interface Raw {
  readonly at: SentAt | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly login: string | undefined;
  readonly command: string;
  readonly target: string;
  readonly text: string | undefined;
}

/**
 * Twitch's chat as it comes from the server (dev.twitch.tv/docs/chat/irc, IRCv3 tags), a line each, a time before it if one likes.
 * Messages that are deleted later in the file and those of people who are banned later in it are left out.
 */
export const twitchIrcFormat: LineFormat = {
  name: 'twitch-irc',
  form: 'raw IRC lines of Twitch',
  unit: 'lines',
  recognize: ({ lines }) =>
    lines.some(
      (line) => /tmi\.twitch\.tv (?:PRIVMSG|USERNOTICE|CLEAR(?:CHAT|MSG)) #/u.test(line) && rawOf(line) !== undefined,
    )
      ? 'certain'
      : 'no',
  open: openTwitchIrc,
};

function openTwitchIrc(): LogReader<string> {
  const removals = createRemovals();
  return {
    foresee: (line) => {
      const raw = rawOf(line);
      if (raw === undefined) return;
      removals.pass();
      if (raw.command === 'CLEARMSG') removals.remove(raw.tags.get('target-msg-id'));
      if (raw.command !== 'CLEARCHAT') return;
      const names = [raw.tags.get('target-user-id'), raw.text];
      if (names.every((name) => name === undefined)) removals.removeAllBefore();
      else for (const name of names) removals.removeAllBefore(name);
    },
    read: (line) => {
      if (line.trim() === '') return { kind: 'blank' };
      const raw = rawOf(line);
      if (raw === undefined) return /^PING |^PONG /.test(line) ? { kind: 'server' } : { kind: 'unknown' };
      removals.next();
      const parsed = meaningOf(raw);
      if (parsed.kind !== 'message') return parsed;
      const { tags } = raw;
      return removals.isRemoved(tags.get('id'), [tags.get('user-id'), parsed.by.nick])
        ? { kind: 'private', by: parsed.by, others: parsed.others ?? [] }
        : parsed;
    },
    refusal: removals.refusal,
  };
}

function meaningOf({ command, tags, login, target, text, at }: Raw): ParsedLine {
  const by = speakerOf(tags, login);
  if (command === 'WHISPER') return by === undefined ? { kind: 'private' } : { kind: 'private', by };
  if (command !== 'PRIVMSG' && command !== 'USERNOTICE') return { kind: 'server' };
  const others = othersInTags(tags);
  if (by === undefined || text === undefined || text === '') {
    const people = by === undefined ? others : [by, ...others];
    return people.length === 0 ? { kind: 'server' } : { kind: 'presence', people };
  }
  if (!target.startsWith('#')) return { kind: 'private', by };
  if (at === undefined) return { kind: 'unknown' };
  const [, acted] = /^\u0001ACTION (.*?)\u0001?$/su.exec(text) ?? [];
  return { kind: 'message', at, by, text: acted ?? text, action: acted !== undefined, others };
}

function speakerOf(tags: ReadonlyMap<string, string>, login: string | undefined): Speaker | undefined {
  const names = new Set([tags.get('login') ?? '', login ?? '', tags.get('display-name') ?? '']);
  const [nick, ...aliases] = [...names].filter((name) => name !== '');
  if (nick === undefined) return undefined;
  const id = tags.get('user-id');
  return id === undefined || id === '' ? { nick, aliases } : { nick, aliases, id: `twitch:${id}` };
}

function rawOf(line: string): Raw | undefined {
  const prefix = PREFIX.exec(line);
  const [, tagText = '', source = '', command = '', rest = ''] = RAW.exec(line.slice(prefix?.[0].length ?? 0)) ?? [];
  if (command === '') return undefined;
  const tags = new Map(tagText.split(';').map((tag): [string, string] => tagOf(tag)));
  const [, target = '', text] = /^(\S*)(?: :?(.*))?$/su.exec(rest) ?? [];
  const at = instantOf(tags.get('tmi-sent-ts')) ?? writtenAt(prefix?.[1] ?? prefix?.[2] ?? prefix?.[3]);
  return { at, tags, login: LOGIN.exec(source)?.[1], command, target, text };
}

/** A tag, unescaped: ircv3.net/specs/extensions/message-tags. */
function tagOf(tag: string): [string, string] {
  const end = tag.indexOf('=');
  if (end < 0) return [tag, ''];
  const escaped: Readonly<Record<string, string>> = { ':': ';', s: ' ', r: '\r', n: '\n' };
  return [tag.slice(0, end), tag.slice(end + 1).replace(/\\(.?)/gsu, (_, sign: string) => escaped[sign] ?? sign)];
}

/** When the program that keeps the log says it came. */
function writtenAt(text: string | undefined): SentAt | undefined {
  const time = text === undefined ? undefined : timeOf(text);
  if (time !== undefined) return { kind: 'clock', time };
  return text === undefined ? undefined : sentAtIso(text);
}
