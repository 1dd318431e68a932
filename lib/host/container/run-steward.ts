import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { CHANNEL } from '../../core/channel.ts';
import { TREASURY } from '../../core/ids.ts';
import { type Manifest, nickOf } from '../../core/manifest.ts';
import { formatBuild } from '../../core/protocol.ts';
import { writeDurably } from '../../files/durable.ts';
import { loadManifests } from '../../files/load-manifests.ts';
import type { Vault } from '../../vault/vault.ts';
import type { StewardHost } from '../host.ts';
import { writeRunFile } from '../run-file.ts';
import { startSwarmServices } from '../swarm-services.ts';
import { waitFor } from '../wait-for.ts';
import { waitUntilPushed } from '../wait-until-pushed.ts';
import type { StewardEnvironment } from './container-environment.ts';
import { openMarket } from './container-market.ts';
import { openContainerOrders } from './container-orders.ts';
import { type HubCredential, parseStewardSecret, readSecretText, type StewardSecret } from './container-secret.ts';
import { openStore } from './container-store.ts';
import { readHubCa } from './hub-ca.ts';
import { openHubVault, vaultFolders } from './hub-vault.ts';
import { type ContainerRun, DEFAULT_BEAT_SECONDS } from './run-container.ts';

/** Runs the steward of agents that run in containers of their own (treasury, health, old objects), until it is told to stop. */
export async function runSteward(environment: StewardEnvironment, run: ContainerRun): Promise<void> {
  const { folder, waitOptions, closers, log, beats } = run;
  const manifests = await loadManifests([environment.KK_AGENTS]);
  const agents = manifests.map(factsOf);
  const secret = parseStewardSecret(await waitFor('its secret', () => readSecretText(environment), waitOptions));
  const account = privateKeyToAccount(secret.privateKey);
  const ca = await readHubCa(environment, waitOptions);
  const { rpcUrl, ...chain } = await openMarket(environment, folder, waitOptions);
  const objects = await openObjects(environment, secret, run);
  const beatSeconds = environment.KK_BEAT_SECONDS ?? DEFAULT_BEAT_SECONDS;

  const openFor = async (credential: HubCredential, author?: string): Promise<Vault> => {
    const opened = await openHubVault({
      environment,
      credential,
      ...vaultFolders(folder, author),
      everySeconds: beatSeconds,
      waitOptions,
    });
    closers.push(opened.close);
    return opened;
  };
  const opsVault = await openFor(secret.ops);
  // The hub accepts from an account only its own paths, so kk-ops and kk-treasury have a clone each.
  const treasuryVault = await openFor(secret.treasury, TREASURY);
  const orders = await openContainerOrders(environment, { vault: opsVault, folder, ...chain, manifests }, waitOptions);

  const { tls, ...irc } = environment.KK_IRC;
  const ops: StewardHost = {
    ...chain,
    folder,
    vault: orders.vaultOf(),
    orders,
    irc: { ...irc, ...(tls ? { tls: ca === undefined ? true : { ca } } : {}), sasl: secret.ops },
    draining: () => waitOptions.signal.aborted,
    log,
    debug: log,
  };
  const { deployment } = chain.market;
  await mkdir(dirname(folder.deployment), { recursive: true });
  await writeDurably(folder.deployment, `${JSON.stringify(deployment, null, 2)}\n`);
  const runFile = await writeRunFile(folder.run, {
    beatSeconds,
    irc: { host: irc.host, port: irc.port, channel: CHANNEL },
    seenFrom: 'hub',
    // The run file isn't secret, so a URL with a key isn't written to it.
    rpc: environment.KK_RPC === undefined ? '' : rpcUrl,
    chainId: deployment.chainId,
    escrow: deployment.escrow,
    token: deployment.token,
    s3: objects?.origin ?? '',
    agents,
  });
  const sayNowAndThen = createPulse(beatSeconds, log);
  const swarmServices = startSwarmServices({
    ops,
    treasury: { ...ops, vault: orders.vaultOf(undefined, treasuryVault) },
    treasuryAccount: account,
    manifests,
    run: runFile,
    wholeVault: opsVault,
    // Each agent has a disk of its own, and trims it.
    residents: [],
    stores: objects === undefined ? [] : agents.map(({ name }) => ({ ...objects.store, prefix: `agents/${name}/` })),
    onTick: () => void tick(opsVault, beats, sayNowAndThen),
  });
  closers.push(async () => {
    await swarmServices.rest();
    await Promise.all([waitUntilPushed(opsVault), waitUntilPushed(treasuryVault)]);
    await swarmServices.close();
  });
  log(`looking after ${agents.length} agents, ${formatBuild(chain.build)}`);
  await beats.beat();
  await run.stopped;
}

/** The bucket whose old objects the steward deletes; undefined where the environment names none. */
async function openObjects(
  { KK_BUCKET, ...environment }: StewardEnvironment,
  { objectStore }: StewardSecret,
  { waitOptions, closers }: ContainerRun,
) {
  if (KK_BUCKET === undefined) return undefined;
  const opened = await openStore({ ...environment, KK_BUCKET }, objectStore, waitOptions);
  closers.push(opened.store.close);
  return opened;
}

/** Records a beat. The steward seldom writes, so an answer of the hub counts as a push. */
async function tick(vault: Vault, beats: ContainerRun['beats'], say: (line: string) => void): Promise<void> {
  await beats.beat();
  const { lastError } = await vault.status();
  if (lastError === undefined) await beats.landed();
  say(lastError === undefined ? 'looks after the swarm' : `can't reach the hub: ${lastError}`);
}

/** Logs exactly one line a beat, even when nothing happens: alarms treat silence as a failure. */
function createPulse(everySeconds: number, log: (line: string) => void): (line: string) => void {
  let saidAt = performance.now();
  return (line) => {
    if (performance.now() - saidAt < everySeconds * 1000) return;
    saidAt = performance.now();
    log(line);
  };
}

function factsOf(manifest: Manifest) {
  const { name } = manifest.metadata;
  const { address } = manifest.spec.wallet;
  return { name, nick: nickOf(manifest), ...(address === undefined ? {} : { address }) };
}
