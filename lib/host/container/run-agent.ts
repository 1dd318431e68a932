import { createHash, randomUUID } from 'node:crypto';
import { privateKeyToAccount } from 'viem/accounts';
import { formatError, SwarmError } from '../../core/errors.ts';
import { type Manifest, nicksOf } from '../../core/manifest.ts';
import { formatBuild } from '../../core/protocol.ts';
import { loadManifests } from '../../files/load-manifests.ts';
import { createBeatQueue } from '../../heartbeat/beat-queue.ts';
import type { BeatReport } from '../../heartbeat/ports.ts';
import { createRestBook } from '../../heartbeat/rest-book.ts';
import type { Rhythm } from '../../heartbeat/schedule.ts';
import { createIsolatedProducts } from '../../products/isolation/isolated-products.ts';
import { createAgentHost } from '../agent-host.ts';
import type { Host } from '../host.ts';
import { watchVault } from '../nudges.ts';
import { restWithWork } from '../rest-with-work.ts';
import { sellsLogs } from '../sells-logs.ts';
import { waitFor } from '../wait-for.ts';
import { waitUntilPushed } from '../wait-until-pushed.ts';
import type { BeatWriter } from './beat-writer.ts';
import { openContainerCorpus } from './container-corpus.ts';
import type { AgentEnvironment } from './container-environment.ts';
import { openMarket } from './container-market.ts';
import { openContainerOrders } from './container-orders.ts';
import { parseAgentContainerSecret, readSecretText } from './container-secret.ts';
import { openStore } from './container-store.ts';
import { readHubCa } from './hub-ca.ts';
import { openHubVault, vaultFolders } from './hub-vault.ts';
import { type ContainerRun, DEFAULT_BEAT_SECONDS } from './run-container.ts';

/** Runs one agent until it is told to stop. */
export async function runAgent(environment: AgentEnvironment, run: ContainerRun): Promise<void> {
  const { folder, waitOptions, closers, log, beats } = run;
  const manifests = await loadManifests([environment.KK_AGENTS]);
  const manifest = findManifest(manifests, environment);
  const name = manifest.metadata.name;
  const secretText = await waitFor('its secret', () => readSecretText(environment), waitOptions);
  const secret = parseAgentContainerSecret(secretText, name);
  const account = privateKeyToAccount(secret.privateKey);
  requireAddress(manifest, account.address);

  const ca = await readHubCa(environment, waitOptions);
  const { rpcUrl: _, ...chain } = await openMarket(environment, folder, waitOptions);
  const { store, origin } = await openStore(environment, secret.objectStore, waitOptions);
  closers.push(store.close);
  const everySeconds = environment.KK_BEAT_SECONDS ?? DEFAULT_BEAT_SECONDS;
  const opened = await openHubVault({
    environment,
    credential: secret.hub,
    ...vaultFolders(folder),
    everySeconds,
    waitOptions,
  });
  closers.push(opened.close);
  const followed = beats.following(opened);
  const parts = { vault: followed, folder, market: chain.market, manifests, self: name };
  const orders = await openContainerOrders(environment, parts, waitOptions);
  const vault = orders.vaultOf();

  const { tls, ...irc } = environment.KK_IRC;
  const deliverySeed = Buffer.from(secret.deliverySeed, 'hex');
  const work = createIsolatedProducts();
  const host: Host = {
    ...chain,
    products: work.products,
    folder,
    deliverySeed: () => deliverySeed,
    vault,
    orders,
    treasury: environment.KK_TREASURY ?? secret.treasury,
    store,
    downloadOrigins: [origin],
    irc: { ...irc, ...(tls ? { tls: ca === undefined ? true : { ca } } : {}), sasl: secret.hub },
    nicks: nicksOf(manifests),
    beats: createBeatQueue(),
    rests: createRestBook({
      vault,
      uuid: randomUUID,
      onError: (error) => log(`a resting beat was not recorded: ${formatError(error)}`),
    }),
    draining: () => waitOptions.signal.aborted,
    log,
    debug: log,
  };
  const corpus = sellsLogs(manifest)
    ? await openContainerCorpus(environment, secret, folder, waitOptions, closers)
    : undefined;
  const agent = await createAgentHost(host, manifest, account, corpus);
  const unwatch = watchVault(vault, [agent], () => undefined, log);
  closers.push(async () => {
    unwatch();
    await restWithWork(work, agent.rest);
    await waitUntilPushed(vault);
    await agent.channel.close('the container stops');
  });

  log(`${name} beats, ${formatBuild(chain.build)}`);
  agent.start(rhythmOf(manifest, environment), (report) => tell(report, log, beats));
  agent.nudge();
  await run.stopped;
}

function findManifest(manifests: readonly Manifest[], { KK_AGENTS, KK_AGENT }: AgentEnvironment): Manifest {
  const manifest = manifests.find(({ metadata }) => metadata.name === KK_AGENT);
  if (manifest !== undefined) return manifest;
  throw new SwarmError({
    code: 'unit/unknown-agent',
    disposition: 'stop',
    message: `There is no agent ${KK_AGENT} among the ${manifests.length} in ${KK_AGENTS}`,
    next: 'Correct KK_AGENT, or run an image that has this agent.',
  });
}

/** Checks that the manifest states the wallet of the secret: otherwise one of them belongs to another agent. */
function requireAddress({ metadata, spec }: Manifest, address: string): void {
  const stated = spec.wallet.address;
  if (stated === undefined || stated === address.toLowerCase()) return;
  throw new SwarmError({
    code: 'unit/address-mismatch',
    disposition: 'stop',
    message: `The secret of ${metadata.name} holds the wallet ${address}, and its manifest states ${stated}`,
    next: 'Push the right key with swarm-ops keys push --rotate, or run the image whose manifest states this wallet.',
  });
}

/** Spreads the beats of agents with the same interval: each has its own fixed offset. */
function rhythmOf({ metadata, spec }: Manifest, { KK_BEAT_SECONDS: seconds }: AgentEnvironment): Rhythm {
  if (seconds === undefined) {
    return { type: 'cron', expression: spec.schedule.cron, maxJitterSeconds: spec.schedule.maxJitterSeconds };
  }
  const phase = createHash('sha256').update(metadata.name).digest().readUInt32BE(0) / 2 ** 32;
  return { type: 'every', seconds, phaseSeconds: phase * seconds };
}

function tell(report: BeatReport, log: (line: string) => void, beats: BeatWriter): void {
  void beats.beat();
  const did = report.did.length === 0 ? report.task : report.did.map(({ what }) => what).join('; ');
  log(`beat: ${did}${report.did.length === 0 ? `: ${report.reason}` : ''}`);
  for (const error of report.errors) log(`failed: ${error}`);
}
