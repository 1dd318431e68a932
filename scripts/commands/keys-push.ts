import { createSecretStore, type SecretStore } from '../../lib/aws/secret-store.ts';
import { dispositionOf, formatError, SwarmError } from '../../lib/core/errors.ts';
import { STEWARD } from '../../lib/core/ids.ts';
import { systemClock } from '../../lib/core/time.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { sellsLogs } from '../../lib/host/sells-logs.ts';
import { deriveKeys } from '../../lib/keys/derived-keys.ts';
import { hubAccounts, planHub } from '../../lib/keys/hub-accounts.ts';
import { hubAgents } from '../../lib/keys/hub-agents.ts';
import { type KeysFleetOptions, keysFleet } from '../../lib/keys/keys-fleet.ts';
import { requirePrivate } from '../../lib/keys/mnemonic.ts';
import { checkNames } from '../../lib/keys/options.ts';
import { type PushStep, type PushWishes, planPush } from '../../lib/keys/push-plan.ts';
import { deriveTreasury, deriveWallets, requireStated, stewardWallet } from '../../lib/keys/wallets.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { confirm } from '../terminal/confirm.ts';
import type { KeysOptions } from '../terminal/keys-options.ts';
import { readMnemonic } from '../terminal/mnemonic-source.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** The options of `keys push` besides the common ones. */
export interface PushOptions extends KeysOptions, KeysFleetOptions {
  readonly kmsKey?: string;
  readonly rotate?: readonly string[];
  readonly freshSeed?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/**
 * Creates or fills one secret an agent, the hub's, and the steward's where the fleet has one, after showing the plan. An agent's value that is there stays, unless
 * it is named by `rotate`; the hub's follows. Needs no right to read a value. Can be repeated after a failure: what was
 * written is kept.
 * @throws what reading the mnemonic, comparing addresses, planning and the store throw; a failure between two secrets
 * says how many are written.
 */
export async function keysPush(options: PushOptions): Promise<number> {
  const { prefix, people, isConfigured, steward, ...place } = keysFleet(options);
  const manifests = await loadManifests([options.agents]);
  const names = [...manifests.map(({ metadata }) => metadata.name), ...(steward ? [STEWARD] : [])];
  const rotate = checkNames('--rotate', options.rotate ?? [], names);
  const store = createSecretStore({ ...options, ...place, credentials: createTerminalCredentials() });
  const mnemonic = await readMnemonic(options, () => store);
  requirePrivate(mnemonic);
  const agents = deriveWallets(mnemonic, manifests);
  requireStated(agents);
  const wishes: PushWishes = {
    prefix,
    keys: deriveKeys(mnemonic, prefix),
    rotate,
    freshSeed: options.freshSeed ?? false,
    logSellers: new Set(manifests.filter(sellsLogs).map(({ metadata }) => metadata.name)),
    treasury: deriveTreasury(mnemonic).address,
    now: systemClock(),
  };
  const wallets = steward ? [...agents, stewardWallet(mnemonic)] : agents;
  const planned = await planPush(store, wallets, wishes);
  const stewardGeneration = planned[manifests.length]?.hubGeneration;
  const accounts = hubAccounts(hubAgents(manifests, planned), people, wishes.keys, stewardGeneration);
  // First: an agent whose password the hub doesn't know yet only waits, but one that never comes stays out.
  const steps = [await planHub(store, prefix, accounts, wishes.now), ...planned.map(({ step }) => step)];

  const work = steps.filter(({ action }) => action !== 'keep');
  if (!options.json) {
    showPlan(steps);
    if (!isConfigured)
      printLine('There is no infra/fleet.yaml and no --config: the hub will know agents only, no people.');
  }
  if (options.dryRun || work.length === 0) {
    if (options.json) printSteps(steps, new Set());
    else printLine(work.length === 0 ? 'Nothing to do.' : 'A dry run: nothing was changed.');
    return 0;
  }
  const question = `Write ${work.length} secrets?`;
  if (!options.yes && !(await confirm({ question, otherwise: 'Nothing was changed.', hasDryRun: true }))) return 1;
  const done = await pushAll(store, work, options.kmsKey);
  if (options.json) printSteps(steps, done);
  else {
    printLine(`Wrote ${done.size} secrets. Check them with swarm-ops keys check.`);
    if (rotate.size > 0) printLine(`Restart what was rotated: swarm-ops restart ${[...rotate].join(' ')}`);
  }
  return 0;
}

async function pushAll(
  store: SecretStore,
  work: readonly PushStep[],
  kmsKeyId: string | undefined,
): Promise<ReadonlySet<string>> {
  const done = new Set<string>();
  for (const step of work) {
    try {
      await pushOne(store, step, kmsKeyId);
    } catch (error) {
      throw new SwarmError({
        code: 'keys/push-incomplete',
        disposition: dispositionOf(error),
        message: `${formatError(error)}\n${done.size} of ${work.length} secrets are written and stay; ${work.length - done.size} are not`,
        next: 'When that is mended, the same command goes on with those that are left.',
        cause: error,
      });
    }
    done.add(step.unit);
  }
  return done;
}

async function pushOne(store: SecretStore, step: PushStep, kmsKeyId: string | undefined): Promise<void> {
  if (step.action === 'keep') return;
  if (step.action !== 'create') return store.put(step.secret, step.version);
  await store.create(step.secret, step.version, { description: step.description, kmsKeyId });
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
