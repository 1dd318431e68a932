import { randomUUID } from 'node:crypto';
import { zeroAddress } from 'viem';
import { formatError } from '../core/errors.ts';
import { OPS } from '../core/ids.ts';
import { systemClock } from '../core/time.ts';
import { ALERTS_PATH, alertsKind, alertsOf, statusesOf } from '../health/alerts-page.ts';
import { assess } from '../health/assess.ts';
import { startSchedule } from '../heartbeat/schedule.ts';
import { encodeNote } from '../vault/codec.ts';
import type { StewardHost } from './host.ts';
import { probeSwarm, type readRoster } from './probes.ts';
import type { RunFile } from './run-file.ts';

const EVERY_SECONDS = 20;

/**
 * Looks after the swarm from within: assesses it now and then and keeps `shared/alerts.md`, as `kk-ops`.
 * @param roster how those within see who is in the channel.
 */
export function startHealthLoop(
  host: StewardHost,
  run: RunFile,
  roster: typeof readRoster,
): { readonly stop: () => Promise<void> } {
  async function look(): Promise<void> {
    try {
      const { vault, market, folder } = host;
      const [index, chain] = await Promise.all([vault.read(), market.index.view(zeroAddress).catch(() => undefined)]);
      const { deployment } = market;
      const probes = await probeSwarm(
        { folder, run, isRunning: true, vault: index, deployment, chain, market },
        roster,
      );
      const checks = assess(probes);
      const known = index.note(alertsKind, ALERTS_PATH)?.data;
      if (known !== undefined && statusesOf(known.checks) === statusesOf(checks)) return;
      const alerts = alertsOf(checks, systemClock());
      const text = encodeNote(alertsKind, alerts);
      for (const check of checks) {
        if (check.status !== 'ok') host.debug(`health: ${check.name} is ${check.status}: ${check.detail}`);
      }
      const message = alerts.status === 'ok' ? 'Report that all is well' : `Report the swarm ${alerts.status}`;
      await vault.write({
        id: randomUUID(),
        author: OPS,
        message,
        operations: [{ op: 'put', path: ALERTS_PATH, text }],
      });
    } catch (error) {
      host.debug(`health: ${formatError(error)}`);
    }
  }
  const schedule = startSchedule({ type: 'every', seconds: EVERY_SECONDS, phaseSeconds: EVERY_SECONDS / 2 }, look);
  return { stop: schedule.stop };
}
