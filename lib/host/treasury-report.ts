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
    /** The time of its last round in seconds since 1970, and the interval in seconds. */
    at: z.number().int(),
    everySeconds: z.number().positive(),
    address,
    /** How much it lacks for what all agents are due, in atomic units, and how many agents wait for money. */
    shortAtomic: atomicAmount,
    waiting: z.number().int().min(0),
    /** Agents to whom the token refused a transfer. */
    refused: z.array(z.string()),
    /** The error of its last round. */
    errors: z.array(z.string()).optional(),
    /** The name of `error` in version 0.1.0. */
    troubles: z.array(z.string()).optional(),
  })
  .transform(({ errors, troubles, ...report }) => ({ ...report, errors: errors ?? troubles ?? [] }));

/** The treasury's state after its last round, for other processes. */
export type TreasuryReport = Readonly<Omit<z.output<typeof schema>, 'apiVersion' | 'kind'>>;

/** How many missed rounds make the treasury silent, and the extra seconds. */
const MISSED_LOOKS = 4;
const GRACE_SECONDS = 30;

/** Writes the report for other processes. */
export async function writeTreasuryReport(file: string, report: TreasuryReport): Promise<void> {
  const value = { apiVersion: 'karmakadabra/v1', kind: 'TreasuryReport', ...report };
  await writeDurably(file, `${JSON.stringify({ ...value, shortAtomic: report.shortAtomic.toString() })}\n`);
}

/**
 * Reads the last report; undefined when there is none yet.
 * @param now seconds since 1970.
 * @throws SwarmError `swarm/treasury-silent` when it is too old or damaged.
 */
export async function readTreasuryReport(file: string, now: number): Promise<TreasuryReport | undefined> {
  const report = await readOwnJson(file, schema, {
    code: 'swarm/treasury-silent',
    disposition: 'wait',
    next: 'The treasury writes it again in its next round; if it lasts, remove the file.',
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
