import { whole } from '../../lib/core/whole-number.ts';
import type { HealthWait } from '../../lib/fleet/await-health.ts';

/** How many units are changed at a time, and how long to wait for each: the unparsed options of the command line. */
export interface BatchOptions {
  readonly batch: string;
  readonly waitSeconds: string;
  readonly pollSeconds: string;
}

/** Parses the options of commands that change units batch by batch. @throws SwarmError `swarm/bad-option`. */
export function parseBatchOptions(options: BatchOptions): { readonly batch: number; readonly wait: HealthWait } {
  const batch = whole('--batch', options.batch, 1, 50);
  const timeoutMs = whole('--wait-seconds', options.waitSeconds, 1, 3600) * 1000;
  const intervalMs = whole('--poll-seconds', options.pollSeconds, 1, 60) * 1000;
  return { batch, wait: { timeoutMs, intervalMs } };
}
