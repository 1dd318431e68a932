import { z } from 'zod';
import { address } from '../core/ids.ts';
import { writeDurably } from '../files/durable.ts';
import { readOwnJson } from '../files/own-json.ts';
import { holderOf, processStart } from '../files/owner-lock.ts';
import type { StateFolder } from './state-folder.ts';

const runFile = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string(),
  beatSeconds: z.number().int().positive(),
  irc: z.object({ host: z.string(), port: z.number().int(), channel: z.string() }),
  /** `machine`: vault and channel are on this machine and commands read them directly. `hub`: they are the hub's, and commands read what this process saved. */
  seenFrom: z.enum(['machine', 'hub']).default('machine'),
  rpc: z.string(),
  chainId: z.number().int(),
  escrow: address,
  token: address,
  s3: z.string(),
  agents: z.array(z.object({ name: z.string(), nick: z.string(), address: address.optional() })),
});

/** The facts of a running swarm for other commands: its process, agents and the addresses of its services. No secrets. */
export type RunFile = z.output<typeof runFile>;

/** Writes and returns the run file of this process. It stays after a stop: the next start uses the same ports. */
export async function writeRunFile(file: string, facts: Omit<RunFile, 'pid' | 'startedAt'>): Promise<RunFile> {
  const startedAt = (await processStart(process.pid)) ?? 'unknown';
  const run: RunFile = { pid: process.pid, startedAt, ...facts };
  await writeDurably(file, `${JSON.stringify(run, null, 2)}\n`);
  return run;
}

/**
 * Reads the run file of the last start, and whether its process still holds the state folder. Undefined when there is none.
 * @throws SwarmError `swarm/bad-run-file`, and what {@link holderOf} throws.
 */
export async function readRunFile(
  folder: Pick<StateFolder, 'run' | 'lock'>,
): Promise<{ readonly run: RunFile; readonly isAlive: boolean } | undefined> {
  const holder = await holderOf(folder.lock);
  const run = await readOwnJson(folder.run, runFile, {
    code: 'swarm/bad-run-file',
    next:
      holder === undefined || holder.pid === process.pid
        ? 'No other process runs there. Remove the file: the next start writes it again, with other ports unless they are given.'
        : `Process ${holder.pid} runs there. Stop it with swarm-ops stop, then remove the file: the next start writes it again.`,
  });
  if (run === undefined) return undefined;
  return { run, isAlive: holder?.pid === run.pid && holder.startedAt === run.startedAt };
}
