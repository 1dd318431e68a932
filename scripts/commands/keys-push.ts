import { systemClock } from '../../lib/core/time.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { type FleetSecretsOptions, readFleetSecrets } from '../../lib/fleet/fleet-secrets.ts';
import { sellsLogs } from '../../lib/host/sells-logs.ts';
import { checkRotated, planPush } from '../../lib/keys/plan-push.ts';
import { pushSecrets } from '../../lib/keys/push-secrets.ts';
import type { PushStep } from '../../lib/keys/push-step.ts';
import { confirm } from '../terminal/confirm.ts';
import type { KeysOptions } from '../terminal/keys-options.ts';
import { readMnemonic } from '../terminal/mnemonic-source.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';
import { openSecretStore } from '../terminal/secret-store.ts';

/** The options of `keys push` besides the common ones. */
export interface PushOptions extends KeysOptions, FleetSecretsOptions {
  readonly kmsKey?: string;
  readonly rotate?: readonly string[];
  readonly freshSeed?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/**
 * Creates or fills a secret per agent, the hub's secret, and the steward's where the fleet has one, after showing the plan. An
 * existing value of an agent stays unless `rotate` names the agent; the hub's is updated to match. Needs no permission to read
 * values. Safe to repeat after an error: what was written is kept.
 * @throws what reading the mnemonic, comparing addresses, planning and the store throw; a failure between two secrets
 * says how many are written.
 */
export async function keysPush(options: PushOptions): Promise<number> {
  const fleet = readFleetSecrets(options);
  const manifests = await loadManifests([options.agents]);
  const rotate = checkRotated(options.rotate ?? [], { fleet, manifests });
  const store = openSecretStore({ ...options, region: fleet.region });
  const steps = await planPush(store, await readMnemonic(options, () => store), {
    fleet,
    manifests,
    logSellers: new Set(manifests.filter(sellsLogs).map(({ metadata }) => metadata.name)),
    rotate,
    freshSeed: options.freshSeed ?? false,
    now: systemClock(),
  });
  const work = steps.filter(({ action }) => action !== 'keep').length;
  if (!options.json) {
    showPlan(steps);
    if (!fleet.isConfigured)
      printLine('There is no infra/fleet.yaml and no --config: the hub will know agents only, no people.');
  }
  if (options.dryRun || work === 0) {
    if (options.json) printSteps(steps, new Set());
    else printLine(work === 0 ? 'Nothing to do.' : 'A dry run: nothing was changed.');
    return 0;
  }
  const question = `Write ${work} secrets?`;
  if (!options.yes && !(await confirm({ question, otherwise: 'Nothing was changed.', hasDryRun: true }))) return 1;
  const done = await pushSecrets(store, steps, options.kmsKey);
  if (options.json) printSteps(steps, done);
  else {
    printLine(`Wrote ${done.size} secrets. Check them with swarm-ops keys check.`);
    if (rotate.size > 0) printLine(`Restart the rotated agents: swarm-ops restart ${[...rotate].join(' ')}`);
  }
  return 0;
}

function showPlan(steps: readonly PushStep[]): void {
  printTable(
    ['unit', 'secret', 'address', 'action', 'because'],
    steps.map(({ unit, wallet, secret, action, why }) => [unit, secret, wallet?.address ?? '', action, why]),
  );
}

function printSteps(steps: readonly PushStep[], done: ReadonlySet<string>): void {
  printJson(
    'KeyPlan',
    steps.map(({ unit, wallet, secret, action, why }) => ({
      name: unit,
      index: wallet?.index ?? null,
      address: wallet?.address ?? null,
      secret,
      action,
      why,
      done: done.has(unit),
    })),
  );
}
