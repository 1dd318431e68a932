import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { address } from '../core/ids.ts';
import { writeDurably } from '../files/durable.ts';
import { processStart } from '../files/owner-lock.ts';

const runFile = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string(),
  beatSeconds: z.number().int().positive(),
  irc: z.object({ host: z.string(), port: z.number().int(), channel: z.string() }),
  /** `machine`: vault and channel are here for all to look at. `hub`: they are the hub's, and what is seen is this process's. */
  seenFrom: z.enum(['machine', 'hub']).default('machine'),
  rpc: z.string(),
  chainId: z.number().int(),
  escrow: address,
  token: address,
  s3: z.string(),
  agents: z.array(z.object({ name: z.string(), nick: z.string(), address: address.optional() })),
});

/** What a running swarm tells the other commands: who it is and where its services listen. No secrets. */
export type RunFile = z.output<typeof runFile>;

/** Writes the run file of this process, and gives it. It stays after a stop: the next start takes the same ports. */
export async function writeRunFile(file: string, facts: Omit<RunFile, 'pid' | 'startedAt'>): Promise<RunFile> {
  const startedAt = (await processStart(process.pid)) ?? 'unknown';
  const run: RunFile = { pid: process.pid, startedAt, ...facts };
  await writeDurably(file, `${JSON.stringify(run, null, 2)}\n`);
  return run;
}

/** The run file of the last start, and whether that process still lives. Undefined where there is none. */
export async function readRunFile(
  file: string,
): Promise<{ readonly run: RunFile; readonly isAlive: boolean } | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = runFile.safeParse(value);
  if (!parsed.success) return undefined;
  const startedAt = await processStart(parsed.data.pid);
  return { run: parsed.data, isAlive: startedAt !== undefined && startedAt === parsed.data.startedAt };
}
