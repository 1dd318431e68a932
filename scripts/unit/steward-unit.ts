import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { TREASURY } from '../../lib/core/ids.ts';
import { type Manifest, nickOf } from '../../lib/core/manifest.ts';
import { formatBuild } from '../../lib/core/protocol.ts';
import { writeDurably } from '../../lib/vault/durable.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { loadManifests } from '../load-manifests.ts';
import type { StewardHost } from '../swarm/host.ts';
import { landed } from '../swarm/landed.ts';
import { CHANNEL } from '../swarm/project.ts';
import { writeRunFile } from '../swarm/run-file.ts';
import { startStewardship } from '../swarm/stewardship.ts';
import { DEFAULT_BEAT_SECONDS, type UnitRun } from './run-unit.ts';
import type { UnitEnvironment } from './unit-environment.ts';
import { type HubCredential, parseStewardSecret, readSecretText } from './unit-secret.ts';
import { openHubVault, openMarket, openStore, readHubCa, vaultFolders } from './unit-services.ts';
import { waitFor } from './wait-for.ts';

/** Looks after agents that run in containers of their own, until it is told to stop. */
export async function runStewardUnit(environment: UnitEnvironment, run: UnitRun): Promise<void> {
  const { folder, patience, closers, log, beats } = run;
  const manifests = await loadManifests([environment.KK_AGENTS]);
  const agents = manifests.map(factsOf);
  const secret = parseStewardSecret(await waitFor('its secret', () => readSecretText(environment), patience));
  const account = privateKeyToAccount(secret.privateKey);
  const ca = await readHubCa(environment, patience);
  const { rpcUrl, ...chain } = await openMarket(environment, secret.rpcUrl, folder, patience);
  const { store, origin } = await openStore(environment, secret.objectStore, patience);
  closers.push(store.close);
  const beatSeconds = environment.KK_BEAT_SECONDS ?? DEFAULT_BEAT_SECONDS;

  const openFor = async (credential: HubCredential, author?: string): Promise<Vault> => {
    const opened = await openHubVault({
      environment,
      credential,
      ...vaultFolders(folder, author),
      everySeconds: beatSeconds,
      patience,
    });
    closers.push(opened.close);
    return opened;
  };
  const opsVault = await openFor(secret.ops);
  // The hub takes from each account what its author may write, so each of the two has a clone of its own.
  const treasuryVault = await openFor(secret.treasury, TREASURY);

  const { tls, ...irc } = environment.KK_IRC;
  const ops: StewardHost = {
    ...chain,
    folder,
    vault: opsVault,
    irc: { ...irc, ...(tls ? { tls: ca === undefined ? true : { ca } } : {}), sasl: secret.ops },
    draining: () => patience.signal.aborted,
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
    // The file is not secret: an address with a key stays in this process.
    rpc: secret.rpcUrl === undefined ? rpcUrl : (environment.KK_RPC?.href ?? ''),
    chainId: deployment.chainId,
    escrow: deployment.escrow,
    token: deployment.token,
    s3: origin,
    agents,
  });
  const stewardship = startStewardship({
    ops,
    treasury: { ...ops, vault: treasuryVault },
    treasuryAccount: account,
    manifests,
    run: runFile,
    stores: agents.map(({ name }) => ({ ...store, prefix: `agents/${name}/` })),
    onTick: () => void tick(opsVault, beats),
  });
  closers.push(async () => {
    await stewardship.rest();
    await Promise.all([landed(opsVault), landed(treasuryVault)]);
    await stewardship.close();
  });
  log(`looking after ${agents.length} agents, ${formatBuild(chain.build)}`);
  await beats.beat();
  await run.stopped;
}

/** The steward's records are rare: what counts as landing is that the hub answers. */
async function tick(vault: Vault, beats: UnitRun['beats']): Promise<void> {
  await beats.beat();
  if ((await vault.status()).lastError === undefined) await beats.landed();
}

function factsOf(manifest: Manifest) {
  const { name } = manifest.metadata;
  const { address } = manifest.spec.wallet;
  return { name, nick: nickOf(manifest), ...(address === undefined ? {} : { address }) };
}
