import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import { z } from 'zod';
import { agentStateKind, agentStatePath } from '../core/agent-state.ts';
import { formatError, SwarmError } from '../core/errors.ts';
import { gitEnvironment } from '../core/git-environment.ts';
import { parseJson } from '../core/json.ts';
import { systemClock } from '../core/time.ts';
import type { HealthProbes, Probe } from '../health/assess.ts';
import { connectChannel } from '../irc/connection.ts';
import { escrowAbi } from '../market/contracts/escrow-abi.ts';
import { allTrades } from '../market/notes/trade-pairs.ts';
import { readTokenBalance } from '../market/token/token.ts';
import { assessBeat, BEAT_FILE } from './container/beat-file.ts';
import { FETCHED, type FullLook } from './look.ts';
import { readNotes } from './note-kinds.ts';
import type { RunFile } from './run-file.ts';
import type { StateFolder } from './state-folder.ts';
import { readTreasuryReport } from './treasury-report.ts';

/** The work tree follows the remote within a moment: so long until it counts as behind, in milliseconds. */
const FOLLOW_MS = 5000;
const FOLLOW_LOOK_MS = 250;
const JOIN_TIMEOUT_MS = 8000;
/** Trades may be this long past their deadline before it counts, in seconds: everybody gets a beat to act. */
const OVERDUE_GRACE_SECONDS = 60;
const SILENT_BEATS = 4;
const SILENT_GRACE_SECONDS = 30;

/**
 * Looks at every part of a swarm. A part that can't be reached is a result, not an error.
 * @param roster how to see who is in the channel: by joining it, unless the caller is there already.
 */
export async function probeSwarm(look: FullLook, roster = readRoster): Promise<HealthProbes> {
  const now = systemClock();
  const [vault, channel, escrow, treasury] = await Promise.all([
    probe(() => probeVault(look)),
    probe(() => probeChannel(look, roster)),
    probe(() => probeEscrow(look)),
    probe(async () => runOf(look) && (await readTreasuryReport(look.folder.treasury, now))),
  ]);
  return {
    now,
    process: await probe(async () => ({ pid: runOf(look).pid })),
    agents: await probe(async () => probeAgents(look)),
    vault,
    channel,
    escrow,
    treasury,
  };
}

/** The nicks in the channel now: seen by joining it for a moment, or by the listener that has an account of the hub. */
export async function readRoster(
  run: Pick<RunFile, 'irc' | 'seenFrom'>,
  folder: Pick<StateFolder, 'roster'>,
): Promise<readonly string[]> {
  if (run.seenFrom === 'hub') return readSavedRoster(folder.roster);
  const visitor = connectChannel({ ...run.irc, nick: `ops-${randomBytes(3).toString('hex')}` });
  try {
    await visitor.joined(JOIN_TIMEOUT_MS);
    const self = visitor.nick();
    return visitor.roster().filter((nick) => nick !== self);
  } finally {
    await visitor.close();
  }
}

const savedRoster = z.object({ at: z.number(), nicks: z.array(z.string()) });
/** What the listener saw longer ago than this, in seconds, says nothing. */
const ROSTER_SECONDS = 60;

async function readSavedRoster(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const saved = savedRoster.safeParse(parseJson(text));
  if (saved.success && systemClock() - saved.data.at <= ROSTER_SECONDS) return saved.data.nicks;
  throw new SwarmError({
    code: 'irc/not-joined',
    disposition: 'wait',
    message: 'The listener has not been in the channel for a minute',
    next: 'Look at the log of the hub; the listener reconnects by itself.',
  });
}

async function probe<Value>(read: () => Promise<Value>): Promise<Probe<Value>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    return { ok: false, why: formatError(error) };
  }
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

function probeAgents(look: FullLook) {
  const run = runOf(look);
  return {
    expected: run.agents.map(({ name }) => name),
    beats: look.vault.notes(agentStateKind).map(({ data }) => ({
      name: data.id,
      at: Date.parse(data.heartbeatAt) / 1000,
      status: data.status,
      reason: data.reason,
    })),
    silentAfterSeconds: run.beatSeconds * SILENT_BEATS + SILENT_GRACE_SECONDS,
  };
}

async function probeVault({ folder, vault, run }: FullLook) {
  const facts = {
    spooled: (await readdir(folder.spool).catch(() => [])).filter((name) => name.endsWith('.json')).length,
    problems: readNotes(vault).map(({ path }) => path),
  };
  if (run?.seenFrom === 'hub') {
    await requireHub(folder);
    const remoteHead = (await simpleGit(folder.vault).revparse([FETCHED])).trim();
    return { localHead: remoteHead, remoteHead, ...facts };
  }
  const remoteHead = (await simpleGit(folder.remote).revparse(['main'])).trim();
  return { localHead: await followedHead(folder.vault, remoteHead), remoteHead, ...facts };
}

/** What a clone knows of its remote is true as long as the process that keeps it up says that it reaches the hub. */
async function requireHub(folder: StateFolder): Promise<void> {
  const text = await readFile(join(folder.dir, BEAT_FILE), 'utf8').catch(() => undefined);
  const { isHealthy, line } = assessBeat(text, systemClock());
  if (isHealthy) return;
  throw new SwarmError({
    code: 'swarm/hub-out-of-reach',
    disposition: 'wait',
    message: `The vault's remote is not reached: ${line}`,
    next: 'Look at the log of the hub and of the steward.',
  });
}

/** `remoteHead` once the work tree has it, newer commits on top or not; the work tree's own head if it stays behind. */
async function followedHead(workTree: string, remoteHead: string): Promise<string> {
  const deadline = performance.now() + FOLLOW_MS;
  for (;;) {
    const { exitCode } = await execa('git', ['merge-base', '--is-ancestor', remoteHead, 'main'], {
      cwd: workTree,
      env: gitEnvironment(process.env),
      extendEnv: false,
      reject: false,
    });
    if (exitCode === 0) return remoteHead;
    if (performance.now() > deadline) return (await simpleGit(workTree).revparse(['main'])).trim();
    await delay(FOLLOW_LOOK_MS);
  }
}

async function probeChannel(look: FullLook, roster: typeof readRoster) {
  const run = runOf(look);
  return { expected: run.agents.map(({ nick }) => nick), present: await roster(run, look.folder) };
}

async function probeEscrow(look: FullLook) {
  const { market, chain, deployment, vault } = look;
  const addresses = runOf(look).agents.flatMap(
    ({ name, address }) => address ?? vault.note(agentStateKind, agentStatePath(name))?.data.wallet ?? [],
  );
  if (market === undefined || chain === undefined || deployment === undefined) {
    throw new SwarmError({
      code: 'swarm/no-chain',
      disposition: 'wait',
      message: 'The chain does not answer',
      next: 'Look again in a few seconds: it is restarted by itself.',
    });
  }
  const { escrow, token } = deployment;
  const [balanceAtomic, book, credits] = await Promise.all([
    readTokenBalance(market.client, token, escrow),
    market.index.refresh({ force: true }),
    Promise.all(
      addresses.map((account) =>
        market.client.readContract({ address: escrow, abi: escrowAbi, functionName: 'creditOf', args: [account] }),
      ),
    ),
  ]);
  const open = [...book.trades.values()].filter(({ state }) => state === 'opened' || state === 'revealed');
  return {
    balanceAtomic,
    heldAtomic: open.reduce((sum, trade) => sum + trade.amountAtomic, 0n),
    creditedAtomic: credits.reduce((sum, credit) => sum + credit, 0n),
    overdue: allTrades(vault, chain)
      .filter((pair) => {
        const trade = pair.chain;
        const isOpen = trade?.state === 'opened' || trade?.state === 'revealed';
        return isOpen && chain.blockTime > trade.deadline + OVERDUE_GRACE_SECONDS;
      })
      .map((pair) => pair.id.slice(0, 10)),
  };
}
