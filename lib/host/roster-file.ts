import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { systemClock } from '../core/time.ts';
import { writeDurably } from '../files/durable.ts';
import { readOwnJson } from '../files/own-json.ts';

const schema = z.object({ at: z.number(), nicks: z.array(z.string()) });
/** A roster older than this many seconds is not used. */
const ROSTER_SECONDS = 60;

/** Saves the channel's nicks for commands that have no account of the hub and can't join. */
export async function writeRoster(file: string, nicks: readonly string[]): Promise<void> {
  await writeDurably(file, `${JSON.stringify({ at: systemClock(), nicks })}\n`);
}

/**
 * Reads the nicks that the listener saved last.
 * @throws SwarmError `irc/not-joined` when that is older than a minute.
 */
export async function readSavedRoster(file: string): Promise<readonly string[]> {
  const saved = await readOwnJson(file, schema, {
    code: 'irc/not-joined',
    disposition: 'wait',
    next: 'The listener writes it again within a minute; if it lasts, remove the file.',
  });
  if (saved !== undefined && systemClock() - saved.at <= ROSTER_SECONDS) return saved.nicks;
  throw new SwarmError({
    code: 'irc/not-joined',
    disposition: 'wait',
    message: 'The listener has not been in the channel for a minute',
    next: 'Look at the log of the hub; the listener reconnects by itself.',
  });
}
