import { z } from 'zod';
import { day, pseudonym } from '../settings.ts';

/** The longest line of a day file or of raw logs, in bytes. */
export const MAX_MESSAGE_LINE_BYTES = 32 * 1024;

/** One message of the pseudonymous logs, as it stands in day files and raw logs: one JSON object a line, keys sorted. */
export const message = z.strictObject({
  /** There and true for `/me` lines. */
  action: z.literal(true).optional(),
  day,
  /** The number of its line in the log, from 0; a day's second log goes on counting where the first ends. */
  id: z.number().int().min(0).max(1_000_000_000),
  text: z.string().max(8000),
  /** Hours and minutes in UTC, seconds where the log had them. */
  time: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/),
  /** Whom it is addressed to by name. */
  to: z.array(pseudonym).max(5).optional(),
  who: pseudonym,
});
export type Message = z.infer<typeof message>;

/** How evidence names a message: its day and its number, as in `2026-11-20#17`. */
export function refOf(of: { readonly day: string; readonly id: number }): string {
  return `${of.day}#${of.id}`;
}

/** A reference to a message, as in `2026-11-20#17`. */
export const messageRef = z.string().regex(/^\d{4}-\d{2}-\d{2}#\d{1,10}$/, 'must be as in 2026-11-20#17');

/** Formats a message as its line, with the line end. */
export function formatMessage(of: Message): string {
  const { action, id, text, time, to, who } = of;
  const start = action === undefined ? '' : '"action":true,';
  const addressed = to === undefined || to.length === 0 ? '' : `"to":${JSON.stringify(to)},`;
  return `{${start}"day":"${of.day}","id":${id},"text":${JSON.stringify(text)},"time":"${time}",${addressed}"who":"${who}"}\n`;
}
