import { z } from 'zod';
import { parseJson } from '../../../core/json.ts';
import type { LineFormat, ParsedLine } from './format.ts';

const name = z.string().min(1).max(64);
const time = z.union([z.string().max(40), z.number()]);

const line = z.object({
  timestamp: time.optional(),
  'tmi-sent-ts': time.optional(),
  user: name.optional(),
  username: name.optional(),
  'display-name': name.optional(),
  message: z.string().optional(),
  text: z.string().optional(),
  tags: z.object({ 'tmi-sent-ts': time.optional(), 'display-name': name.optional() }).optional(),
});

/** Years outside of these are mistakes. */
const FIRST_MS = Date.UTC(1988, 0, 1);
const LAST_MS = Date.UTC(2200, 0, 1);

/**
 * Twitch-style JSON lines: `timestamp` or `tmi-sent-ts` (ISO 8601, or seconds or milliseconds since 1970), `user` or
 * `display-name`, `message` or `text`. The day is the file name's where it has one, else each line's own in UTC.
 */
export const jsonLinesFormat: LineFormat = {
  name: 'json-lines',
  form: 'a JSON object a line with `timestamp`, `user` and `message`',
  unit: 'lines',
  recognize: ({ lines }) => (lines.some((text) => parseJsonLine(text).kind === 'message') ? 'possible' : 'no'),
  open: () => ({ read: parseJsonLine }),
};

function parseJsonLine(text: string): ParsedLine {
  if (text.trim() === '') return { kind: 'blank' };
  const parsed = line.safeParse(parseJson(text));
  if (!parsed.success) return { kind: 'unknown' };
  const { data } = parsed;
  const display = data['display-name'] ?? data.tags?.['display-name'];
  const nick = data.user ?? data.username ?? display;
  const said = data.message ?? data.text;
  const ms = timeOf(data['tmi-sent-ts'] ?? data.tags?.['tmi-sent-ts'] ?? data.timestamp);
  if (nick === undefined || said === undefined || ms === undefined) return { kind: 'unknown' };
  const [, acted] = /^\u0001ACTION (.*?)\u0001?$/s.exec(said) ?? [];
  return {
    kind: 'message',
    at: { kind: 'instant', ms },
    by: { nick, aliases: display === undefined || display === nick ? [] : [display] },
    text: acted ?? said,
    action: acted !== undefined,
  };
}

function timeOf(value: string | number | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === 'number' ? value : /^\d{9,16}$/.test(value) ? Number(value) : Date.parse(value);
  const ms = number < 100_000_000_000 ? number * 1000 : number;
  return Number.isFinite(ms) && ms >= FIRST_MS && ms < LAST_MS ? Math.floor(ms) : undefined;
}
