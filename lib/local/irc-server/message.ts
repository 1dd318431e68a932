import { foldNick, SWARM_CASEMAPPING } from '../../core/nick.ts';

/** The longest line of IRC in bytes, CR LF included (RFC 2812 §2.3). */
export const MAX_LINE_BYTES = 512;

/** A command as a client sends it. Text is latin1: one character a byte, so that any bytes pass unchanged. */
export interface ClientMessage {
  readonly command: string;
  readonly params: readonly string[];
}

/** Parses a line without its CR LF; undefined for an empty one. Tags and prefixes of clients are ignored. Total. */
export function parseMessage(line: string): ClientMessage | undefined {
  const text = line.replace(/^(?:[@:][^ ]* +)+/, '').replaceAll('\0', '');
  const colon = text.startsWith(':') ? 0 : text.indexOf(' :');
  const middle = colon === -1 ? text : text.slice(0, colon);
  const words = middle.split(' ').filter((word) => word !== '');
  const [command, ...params] = words;
  if (command === undefined) return undefined;
  if (colon > 0) params.push(text.slice(colon + 2));
  return { command: command.toUpperCase(), params: params.slice(0, 15) };
}

/** Cuts a line that the server sends to 510 bytes of latin1, at a character where the bytes are UTF-8. */
export function fitLine(line: string): string {
  const clean = line.replace(/[\r\n\0]/g, ' ');
  const most = MAX_LINE_BYTES - 2;
  if (clean.length <= most) return clean;
  let end = most;
  // Bytes 0x80 to 0xBF continue a character: step back to where it begins.
  while (end > most - 4 && /[\x80-\xbf]/.test(clean[end] ?? '')) end -= 1;
  return clean.slice(0, end);
}

/** Turns text into the latin1 form that the server handles: one character a byte of its UTF-8. */
export function toWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The form of a nick or channel by which it is looked up, as the server announces. */
export function fold(name: string): string {
  return foldNick(name, SWARM_CASEMAPPING);
}

/** The longest nick that the server takes. */
export const NICK_LENGTH = 32;

/** Whether text can be a nick (RFC 2812 §2.3.1, longer). */
export function isNick(text: string): boolean {
  return text.length <= NICK_LENGTH && /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]*$/.test(text);
}

/** Whether text can be a channel. */
export function isChannel(text: string): boolean {
  return /^#[^\x00-\x20,:\x7f]{1,49}$/.test(text);
}
