import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { address } from '../core/ids.ts';
import { atomicAmount } from '../core/money.ts';
import { writeDurably } from '../files/durable.ts';
import { readOwnJson } from '../files/own-json.ts';

const schema = z
  .strictObject({
    apiVersion: z.literal('karmakadabra/v1'),
    kind: z.literal('TreasuryReport'),
    /** When it last looked, in seconds since 1970, and how long until it looks again, in seconds. */
    at: z.number().int(),
    everySeconds: z.number().positive(),
    address,
    /** What it lacks to give everybody theirs, and how many agents wait for that. */
    shortAtomic: atomicAmount,
    waiting: z.number().int().min(0),
    /** Agents whose money the token refused a while ago. */
    refused: z.array(z.string()),
    /** What went wrong when it last looked. */
    errors: z.array(z.string()).optional(),
    /** What version 0.1.0 called errors. */
    troubles: z.array(z.string()).optional(),
  })
  .transform(({ errors, troubles, ...report }) => ({ ...report, errors: errors ?? troubles ?? [] }));

/** How the treasury was when it last looked: for those who look at a swarm from another process. */
export type TreasuryReport = Readonly<Omit<z.output<typeof schema>, 'apiVersion' | 'kind'>>;

/** A treasury that missed so many looks, and this many seconds more, is not at work. */
const MISSED_LOOKS = 4;
const GRACE_SECONDS = 30;

/** Keeps a report for others. */
export async function writeTreasuryReport(file: string, report: TreasuryReport): Promise<void> {
  const value = { apiVersion: 'karmakadabra/v1', kind: 'TreasuryReport', ...report };
  await writeDurably(file, `${JSON.stringify({ ...value, shortAtomic: report.shortAtomic.toString() })}\n`);
}

/**
 * Reads the last report; undefined where no treasury has looked at anything yet.
 * @param now seconds since 1970.
 * @throws SwarmError `swarm/treasury-silent` when that was too long ago, or the file says something else.
 */
export async function readTreasuryReport(file: string, now: number): Promise<TreasuryReport | undefined> {
  const report = await readOwnJson(file, schema, {
    code: 'swarm/treasury-silent',
    disposition: 'wait',
    next: 'The treasury writes it anew at its next look; if it lasts, remove the file.',
  });
  if (report === undefined) return undefined;
  const age = now - report.at;
  if (age > MISSED_LOOKS * report.everySeconds + GRACE_SECONDS) throw silent(`it last looked ${age} s ago`);
  return report;
}

function silent(why: string): SwarmError {
  return new SwarmError({
    code: 'swarm/treasury-silent',
    disposition: 'wait',
    message: `The treasury is not at work: ${why}`,
    next: 'Look again in a minute; if it lasts, restart the process that runs it.',
  });
}
