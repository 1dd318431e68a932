import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentStateKind, agentStatePath } from '../core/agent-state.ts';
import { SwarmError } from '../core/errors.ts';
import { systemClock } from '../core/time.ts';
import type { HealthProbes } from '../health/assess.ts';
import { probe } from '../health/probe.ts';
import { probeAgents } from '../health/probe-agents.ts';
import { probeEscrow } from '../health/probe-escrow.ts';
import { probeFetchedHead, probeHeads } from '../health/probe-heads.ts';
import { probeRoster } from '../health/probe-roster.ts';
import { readFolderReport } from '../vault/folder-memory.ts';
import { assessBeat, BEAT_FILE } from './container/beat-file.ts';
import { FETCHED, type FullLook } from './look-at-swarm.ts';
import { readNotes } from './note-kinds.ts';
import { readSavedRoster } from './roster-file.ts';
import type { RunFile } from './run-file.ts';
import type { StateFolder } from './state-folder.ts';
import { readTreasuryReport } from './treasury-report.ts';

/**
 * Probes every part of a swarm. A part that can't be reached is a result, not an error.
 * @param roster reads the nicks in the channel: joins it, unless the caller is there already.
 */
export async function probeSwarm(look: FullLook, roster = readRoster): Promise<HealthProbes> {
  const { folder, vault, orders } = look;
  const now = systemClock();
  // Nobody sees the beats of an agent in quarantine, and the hub lets it not into the channel.
  const isOpen = (name: string): boolean => !orders.quarantined.has(name);
  const of = <Value>(read: (run: RunFile) => Value | Promise<Value>) => probe(async () => read(runOf(look)));
  const [process, agents, heads, channel, escrow, treasury] = await Promise.all([
    of(({ pid }) => ({ pid })),
    of((run) => probeAgents(vault, namesOf(run).filter(isOpen), run.beatSeconds)),
    probe(() => probeVault(look)),
    of(async (run) => ({
      expected: run.agents.flatMap(({ name, nick }) => (isOpen(name) ? [nick] : [])),
      present: await roster(run, folder),
    })),
    of((run) => probeMoney(look, run)),
    of(() => readTreasuryReport(folder.treasury, now)),
  ]);
  return { now, process, agents, vault: heads, channel, escrow, treasury, orders };
}

/** Reads the nicks in the channel by joining it briefly or, behind a hub, from the listener's file. */
export async function readRoster(
  run: Pick<RunFile, 'irc' | 'seenFrom'>,
  folder: Pick<StateFolder, 'roster'>,
): Promise<readonly string[]> {
  return run.seenFrom === 'hub' ? readSavedRoster(folder.roster) : probeRoster(run.irc);
}

function runOf(look: FullLook): RunFile {
  if (look.run !== undefined && look.isRunning) return look.run;
  throw new SwarmError({
    code: 'swarm/not-running',
    disposition: 'stop',
    message: 'The swarm is not running',
    next: 'Start it with npm start.',
  });
}

function namesOf(run: RunFile): readonly string[] {
  return run.agents.map(({ name }) => name);
}

async function probeVault({ folder, vault, run }: FullLook) {
  const countJson = async (dir: string) =>
    (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.json')).length;
  const spooled = await countJson(folder.spool);
  const rejected = await countJson(join(folder.spool, 'rejected'));
  const problems = readNotes(vault).map(({ path }) => path);
  if (run?.seenFrom !== 'hub')
    return {
      ...(await probeHeads(folder.vault, folder.remote)),
      spooled,
      rejected,
      problems,
      opened: await readFolderReport(folder.vault),
    };
  await requireHub(folder);
  return { ...(await probeFetchedHead(folder.vault, FETCHED)), spooled, rejected, problems };
}

/** Checks that the steward reaches the hub: otherwise the head that its clone fetched may be old. */
async function requireHub(folder: StateFolder): Promise<void> {
  const text = await readFile(join(folder.dir, BEAT_FILE), 'utf8').catch(() => undefined);
  const { isHealthy, line } = assessBeat(text, systemClock());
  if (isHealthy) return;
  throw new SwarmError({
    code: 'swarm/hub-out-of-reach',
    disposition: 'wait',
    message: `The vault's remote can't be reached: ${line}`,
    next: 'Look at the log of the hub and of the steward.',
  });
}

async function probeMoney({ market, chain, vault }: FullLook, run: RunFile) {
  if (market === undefined || chain === undefined) {
    throw new SwarmError({
      code: 'swarm/no-chain',
      disposition: 'wait',
      message: 'The chain does not answer',
      next: 'Look again in a few seconds: it is restarted by itself.',
    });
  }
  const accounts = run.agents.flatMap(
    ({ name, address }) => address ?? vault.note(agentStateKind, agentStatePath(name))?.data.wallet ?? [],
  );
  return probeEscrow(market, accounts, vault, chain);
}
