import { setTimeout as delay } from 'node:timers/promises';
import { simpleGit } from 'simple-git';
import { zeroAddress } from 'viem';
import { CHANNEL } from '../../lib/core/channel.ts';
import type { Rounds } from '../../lib/host/machine/rounds.ts';
import { createRunReport, type RunReport } from '../../lib/host/machine/run-report.ts';
import type { Swarm } from '../../lib/host/machine/swarm.ts';
import type { RunEnd } from './run-summary.ts';

/** Reports a bounded run that is over, and whether it is complete: no errors, no open trades. */
export async function reportRun(
  swarm: Swarm,
  rounds: Rounds,
  startedMs: number,
): Promise<{ readonly report: RunReport; readonly isComplete: boolean }> {
  const { host, agents, vault, activity } = swarm;
  const drainBeats = rounds.drainBeats();
  await swarm.quiesce();
  const [index, chain, status] = await Promise.all([vault.read(), host.market.index.view(zeroAddress), vault.status()]);
  const commits = await simpleGit(host.folder.remote).raw(['rev-list', '--count', 'main']);
  const heard = activity.read();
  const { chainId, escrow, token } = host.market.deployment;
  const report = createRunReport(
    {
      agents: agents.map(({ manifest, address, counts, mostInARound }) => ({
        manifest,
        address,
        beats: counts.beats,
        mostInARound: mostInARound(),
        errors: counts.errors,
      })),
      vault: {
        path: host.folder.vault,
        remote: host.folder.remote,
        head: status.remoteHead,
        commits: Number(commits.trim()),
      },
      irc: {
        address: `${swarm.irc.host}:${swarm.irc.port}`,
        channel: CHANNEL,
        have: heard.have,
        need: heard.need,
        answers: heard.answers,
        deals: heard.deals,
      },
      chain: { rpc: swarm.rpcUrl, chainId, escrow, token },
      offered: swarm.offered,
      drainBeats,
      durationMs: Date.now() - startedMs,
    },
    index,
    chain,
  );
  const hasErrors = report.agents.some((agent) => agent.errors > 0);
  return { report, isComplete: !hasErrors && report.trades.open === 0 };
}

/** Timeout for counting the trades of the summary, in milliseconds: a stop must not wait for a chain that does not answer. */
const COUNT_TIMEOUT_MS = 500;

/** Stops the heartbeats and gives the results of the run up to then. */
export async function readRunEnd(swarm: Swarm, startedMs: number): Promise<RunEnd> {
  const { host, agents, vault, offered, before } = swarm;
  await swarm.quiesce();
  const isLate = new AbortController();
  const now = await Promise.race([
    swarm.readTotals().catch(() => undefined),
    delay(COUNT_TIMEOUT_MS, undefined, { signal: isLate.signal }).catch(() => undefined),
  ]);
  isLate.abort();
  return {
    seconds: (Date.now() - startedMs) / 1000,
    agents: agents.map(({ manifest, counts }) => ({ ...counts, name: manifest.metadata.name })),
    offered,
    before,
    now,
    spooled: (await vault.status()).spooled,
    vaultPath: host.folder.vault,
    logPath: host.folder.log,
  };
}
