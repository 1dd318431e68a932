import type { Speaker } from './formats/format.ts';
import { withoutDecoration } from './listed-names.ts';
import { foldName } from './name-fold.ts';
import { plainText } from './plain-text.ts';

/** Bots that repeat on one network what people say on another. */
const KNOWN_RELAYS: ReadonlySet<string> = new Set(
  [
    'matterbridge',
    'relay',
    'relaybot',
    'bridge',
    'bridgebot',
    'discord',
    'discordbot',
    'discordrelay',
    'discord-relay',
    'discord-irc',
    'slackbot',
    'slackbridge',
    'teleirc',
    'telegram',
    'telegrambot',
    'tgbot',
    'matrixbot',
    'xmppbot',
    'gitterbot',
  ].map(foldName),
);

/** A person behind a relay. */
export interface Relayed {
  readonly by: Speaker;
  readonly text: string;
  readonly action: boolean;
  /** What shows it: angle brackets, other signs, or a label alone. */
  readonly shownBy: 'angle' | 'sign' | 'label';
}

const MAX_NAME = 64;
/** Before the name: the time and the network where a relay or a copied log gives it. */
const BEFORE = String.raw`^[\s>|"'“]{0,8}(?:[[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s{0,2})?(?:[[(][\w .#-]{1,32}[\])]\s{0,2})?[*_]{0,2}`;
const ANGLE = new RegExp(String.raw`${BEFORE}<\s?([^<>\n]{1,${MAX_NAME}}?)\s?>[*_]{0,2}:?\s?(.*)$`, 'su');
const BRACKETS = new RegExp(
  String.raw`^[\s>]{0,8}[*_]{0,2}(?:\[([^[\]\n]{1,${MAX_NAME}})\]|\(([^()\n]{1,${MAX_NAME}})\))[*_]{0,2}:?\s(.*)$`,
  'su',
);
const ACTION = new RegExp(String.raw`^\s?\*{1,2}\s([^\s*<>]{1,${MAX_NAME}})\s(.*)$`, 'su');
const LABEL = new RegExp(
  String.raw`^\s?[*_]{0,2}([^\s:<>|»][^:<>|»\n]{0,${MAX_NAME - 1}}?)[*_]{0,2}(?:\s(?:says|said):|\s?(?::|»|\||>))[*_]{0,2}\s(.*)$`,
  'su',
);

/** The person in front of a relayed text: `<carla> text`, `[carla] text`, `(carla@discord) text`, `* carla waves`. */
export function relayedInSigns(text: string): Relayed | undefined {
  const plain = plainText(text);
  const [, angled, said] = ANGLE.exec(plain) ?? [];
  if (angled !== undefined) return relayed(angled, said ?? '', false, 'angle');
  const [, square, round, rest] = BRACKETS.exec(plain) ?? [];
  const bracketed = square ?? round;
  if (bracketed !== undefined) return relayed(bracketed, rest ?? '', false, 'sign');
  const [, actor, act] = ACTION.exec(plain) ?? [];
  return actor === undefined ? undefined : relayed(actor, act ?? '', true, 'sign');
}

/** As {@link relayedInSigns}, and with a label, which people write to address others too: `carla: text`, `carla says: text`. */
export function relayedAtAll(text: string): Relayed | undefined {
  const found = relayedInSigns(text);
  if (found !== undefined) return found;
  const [, name, said] = LABEL.exec(plainText(text)) ?? [];
  return name === undefined ? undefined : relayed(name, said ?? '', false, 'label');
}

/** Names in angle brackets anywhere in a text, with at least two words after them, as where somebody's line is quoted. */
export function quotedNames(text: string): readonly string[] {
  return [...plainText(text).matchAll(/<\s?([^<>\n]{1,64}?)\s?>[:*_]{0,3}\s?(?=\S+\s+\S)/gu)].map(
    ([, name = '']) => name,
  );
}

/** A network, its sign, a channel: what a relay puts before a name and nobody is called. */
const NETWORK = String.raw`(?:[#&/@][^\s\])}:|]{0,32}|(?:tg|telegram|discord|dc|matrix|mx|slack|irc|xmpp|jabber|gitter|signal|whatsapp|wa|mattermost|twitch|youtube|yt|minecraft|mc|web|relay|bridge|[a-z])(?:[/#@-][^\s\])}:|]{0,32})?|\d{1,2}:\d{2}(?::\d{2})?|action)`;
const TAGS = new RegExp(
  String.raw`^(?:[^\p{L}\p{N}<]{0,8}?(?:[([{]\s?${NETWORK}\s?[)\]}]|${NETWORK}\s?(?:[:|»>]|\s)))*`,
  'iu',
);
const OPENING = /[<([{«‹⟨【「]/u;
const CLOSING = /^[^\p{L}\p{N}]*?[>)\]}»›⟩】」]|^[^<>()[\]{}\n]{0,40}[>)\]}»›⟩】」]/u;
/** Between a name and the words: a remark in brackets, formatting, and a sign or a word of speech. */
const AFTER_NAME =
  /^(?:\s?[([{][^)\]}]{0,32}[)\]}])?[*_`"'”]{0,3}\s?(?:(?:says|said|wrote|writes|dice|dijo|escribió)\b|[:|»>]|&gt;|[-–—]\s|\*)/u;
const LONGEST_HEAD = 100;

/** Whether a name between these texts is the one in front of what somebody says, as bots put it: `[tg] carla: `, `«carla» `. */
export function isHead(before: string, after: string): boolean {
  if (before.length > LONGEST_HEAD) return false;
  const network = TAGS.exec(before)?.[0] ?? '';
  const rest = before.slice(network.length).replace(/&lt;/gu, '<');
  if (/[\p{L}\p{N}]/u.test(rest)) return false;
  const next = after.slice(0, LONGEST_HEAD);
  if (OPENING.test(rest) && CLOSING.test(next.replace(/&gt;/gu, '>'))) return true;
  return AFTER_NAME.test(next) || (/action:/iu.test(network) && next.trim() !== '');
}

/** Whether a nick is that of a well-known relay. */
export function isKnownRelay(nick: string): boolean {
  return KNOWN_RELAYS.has(foldName(nick).replace(/[\d_^|`-]+$/, ''));
}

function relayed(name: string, text: string, action: boolean, shownBy: Relayed['shownBy']): Relayed | undefined {
  const core = withoutDecoration(name);
  // A network may stand before or after the name: `D/carla`, `carla/libera`.
  const parts = core.split('/').filter((part) => part !== '');
  const nick = parts.length === 2 ? parts.reduce((a, b) => (b.length > 1 && a.length <= 1 ? b : a)) : core;
  if (nick === '' || nick.length > MAX_NAME) return undefined;
  const aliases = [...new Set([name.trim(), core, ...parts])].filter((alias) => alias !== nick);
  return { by: { nick, aliases }, text, action, shownBy };
}
