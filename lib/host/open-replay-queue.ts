import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import type { GoodsStore } from '../delivery/goods-store.ts';
import { createReplayQueue, type ReplayQueue } from '../flows/validation/replay-queue.ts';
import { inProcess } from '../work/executor.ts';
import type { Host } from './host.ts';

/** Opens the queue of a validator's replays in its folder and removes what a kill left there. */
export async function openReplayQueue(
  host: Host,
  agent: {
    readonly dir: string;
    readonly goods: GoodsStore;
    /** The standing key to which sellers encrypt. A secret. */
    readonly identity: string;
    readonly changed: () => void;
  },
): Promise<ReplayQueue> {
  const definition = host.products.get('validation');
  if (definition === undefined) throw noReports();
  const workDir = join(agent.dir, 'validation');
  await rm(workDir, { recursive: true, force: true });
  await mkdir(workDir, { recursive: true });
  const { goods, identity, changed } = agent;
  return createReplayQueue({
    definition,
    executor: inProcess,
    goods,
    workDir,
    identity,
    origins: host.downloadOrigins,
    nowMs: () => Date.now(),
    changed,
    log: host.log,
  });
}

function noReports(): SwarmError {
  return new SwarmError({
    code: 'swarm/no-reports',
    disposition: 'stop',
    message: 'A validator is configured, but there is no product of validation reports',
    next: 'Add the validation product to lib/products/registry.ts.',
  });
}
