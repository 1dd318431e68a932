import { isDeepStrictEqual } from 'node:util';
import { chatDownloaderFormat, chatDownloaderLinesFormat } from './chat-downloader.ts';
import { discordFormat } from './discord.ts';
import { eggdropFormat } from './eggdrop.ts';
import type { ChatFormat, LogSample } from './format.ts';
import { hexchatFormat } from './hexchat.ts';
import { irssiFormat } from './irssi.ts';
import { jsonLinesFormat } from './json-lines.ts';
import { matrixFormat } from './matrix.ts';
import { mircFormat } from './mirc.ts';
import { slackFormat } from './slack.ts';
import { telegramFormat } from './telegram.ts';
import { textualFormat } from './textual.ts';
import { twitchDownloaderFormat } from './twitch-downloader.ts';
import { twitchIrcFormat } from './twitch-irc.ts';
import { ubuntuFormat } from './ubuntu.ts';
import { weechatFormat } from './weechat.ts';
import { whatsappFormat } from './whatsapp.ts';
import { zncFormat } from './znc.ts';

/** The formats that are read. */
export const CHAT_FORMATS: readonly ChatFormat[] = [
  ubuntuFormat,
  irssiFormat,
  weechatFormat,
  zncFormat,
  hexchatFormat,
  textualFormat,
  mircFormat,
  eggdropFormat,
  twitchIrcFormat,
  jsonLinesFormat,
  twitchDownloaderFormat,
  chatDownloaderFormat,
  chatDownloaderLinesFormat,
  slackFormat,
  discordFormat,
  telegramFormat,
  whatsappFormat,
  matrixFormat,
];

/**
 * The format of a file; several when it may be of any of them, none when it is of no known one. Formats in which its lines mean the
 * same are one. With `only`, the name of a format, no other is considered.
 */
export function formatsOf(sample: LogSample, only?: string): readonly ChatFormat[] {
  const found = CHAT_FORMATS.filter(({ name }) => only === undefined || name === only).map((format) => ({
    format,
    is: format.recognize(sample),
  }));
  const certain = found.filter(({ is }) => is === 'certain');
  const taken = (certain.length > 0 ? certain : found.filter(({ is }) => is === 'possible')).map(
    ({ format }) => format,
  );
  const [first, ...others] = taken;
  return first !== undefined && others.every((other) => meansTheSame(first, other, sample)) ? [first] : taken;
}

/** The forms of all formats, for people whose file is in none of them. */
export function formsThatAreRead(): string {
  return [...new Set(CHAT_FORMATS.map(({ form }) => form))].join(', ');
}

/** Whether all lines of a sample mean the same in two formats. */
function meansTheSame(one: ChatFormat, other: ChatFormat, sample: LogSample): boolean {
  if (one.unit === 'json' || other.unit === 'json') return false;
  const [a, b] = [one.open(sample), other.open(sample)];
  for (const reader of [a, b]) for (const line of sample.lines) reader.foresee?.(line);
  return sample.lines.every((line) => isDeepStrictEqual(a.read(line), b.read(line)));
}
