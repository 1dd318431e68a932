import { randomUUID } from 'node:crypto';
import { zeroAddress } from 'viem';
import { runnable } from '../core/flow.ts';
import { OPS } from '../core/ids.ts';
import { systemClock } from '../core/time.ts';
import { alertsFlow, type HealthSnapshot } from '../health/alerts-flow.ts';
import { assess } from '../health/assess.ts';
import { type Schedule, startSchedule } from '../heartbeat/schedule.ts';
import { createServiceBeat } from '../heartbeat/service-beat.ts';
import type { StewardHost } from './host.ts';
import { probeSwarm } from './probe-swarm.ts';
import type { RunFile } from './run-file.ts';

const EVERY_SECONDS = 20;

/**
 * Runs the health checks at an interval inside the swarm's process and writes `shared/alerts.md` as `kk-ops`.
 * @param roster reads the nicks in the channel.
 */
export function startHealthLook(
  { vault, orders, market, folder, debug }: StewardHost,
  run: RunFile,
  roster: () => readonly string[],
): Schedule {
  const log = (line: string): void => debug(`health: ${line}`);

  async function sense(): Promise<HealthSnapshot> {
    const [index, chain] = await Promise.all([vault.read(), market.index.view(zeroAddress).catch(() => undefined)]);
    const { deployment } = market;
    const look = { folder, run, isRunning: true, vault: index, orders: orders.current(), deployment, chain, market };
    const checks = assess(await probeSwarm(look, async () => roster()));
    return { now: systemClock(), vault: index, checks };
  }

  const beat = createServiceBeat({
    author: OPS,
    vault,
    sense,
    flows: [runnable(alertsFlow)],
    subjectOf: ([reported]) => reported?.what ?? '',
    uuid: randomUUID,
    log,
  });
  return startSchedule({ type: 'every', seconds: EVERY_SECONDS, phaseSeconds: EVERY_SECONDS / 2 }, async () => {
    const { sensed, outcomes } = await beat();
    if (sensed === undefined || outcomes.length === 0) return;
    for (const { name, status, detail } of sensed.snapshot.checks)
      if (status !== 'ok') log(`${name} is ${status}: ${detail}`);
  });
}
