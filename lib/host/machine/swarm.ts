import { randomUUID } from 'node:crypto';
import { type Address, zeroAddress } from 'viem';
import { CHANNEL } from '../../core/channel.ts';
import { formatError } from '../../core/errors.ts';
import { type Manifest, nickOf, nicksOf } from '../../core/manifest.ts';
import { joinOperatorKeys, type OperatorKeys } from '../../core/operator-keys.ts';
import { swarmId } from '../../core/signed-note.ts';
import { createObjectStore, ensureBucket } from '../../delivery/object-store.ts';
import { digestCode } from '../../files/code-digest.ts';
import { readBuild } from '../../files/project.ts';
import { embeddedChainSettings } from '../../flows/trade/settings.ts';
import { createBeatQueue } from '../../heartbeat/beat-queue.ts';
import type { BeatReport } from '../../heartbeat/ports.ts';
import { createRestBook } from '../../heartbeat/rest-book.ts';
import { createSharedLineReader } from '../../irc/heard-line.ts';
import { type Secrets, TREASURY_WALLET } from '../../keys/development-secrets.ts';
import { createMarketHost } from '../../market/market-host.ts';
import { isEnded } from '../../market/notes/ended.ts';
import { createMarketReader } from '../../market/notes/market-reader.ts';
import { allTrades } from '../../market/notes/trade-pairs.ts';
import { createIsolatedProducts } from '../../products/isolation/isolated-products.ts';
import { createGit } from '../../vault/git.ts';
import { openVault, type TypedEdit, type Vault } from '../../vault/vault.ts';
import { type AgentHost, createAgentHost } from '../agent-host.ts';
import { archiveSettings } from '../archive/archive-settings.ts';
import { startArchiver } from '../archive/archiver.ts';
import { closeAll } from '../close-all.ts';
import type { Host } from '../host.ts';
import { openHostOrders } from '../host-orders.ts';
import type { ActivityWatch } from '../irc-activity.ts';
import { noteKinds } from '../note-kinds.ts';
import { watchVault } from '../nudges.ts';
import { openOperatorKey } from '../operator-key.ts';
import { restWithWork } from '../rest-with-work.ts';
import { writeRunFile } from '../run-file.ts';
import { sellsLogs } from '../sells-logs.ts';
import { openSignatureFile } from '../signature-file.ts';
import { keepIn, keepLastLook } from '../snapshot-file.ts';
import type { StateFolder } from '../state-folder.ts';
import { startSwarmServices } from '../swarm-services.ts';
import type { CorpusSource } from './corpus-source.ts';
import { recordsOf, totalsOf } from './count-trades.ts';
import { keepHeapLean } from './lean-heap.ts';
import type { Pace } from './pace.ts';
import { prepareChain } from './prepare-chain.ts';
import type { Progress } from './progress.ts';
import { pushAll, restAgents } from './quiesce.ts';
import { startSamplePace } from './sample-pace.ts';
import { startServices } from './services.ts';
import { createEditSigner } from './sign-edits.ts';
import type { TradeTotals } from './trade-totals.ts';
import type { UpOptions } from './up-options.ts';

/** A running swarm of one machine. */
export interface Swarm {
  readonly host: Host;
  readonly agents: readonly AgentHost[];
  readonly vault: Vault;
  readonly irc: { readonly host: string; readonly port: number };
  readonly rpcUrl: string;
  readonly activity: ActivityWatch;
  /** Offers made in this run, by product; withdrawn ones count. */
  readonly offered: ReadonlyMap<string, number>;
  /** The trade totals when the agents started. */
  readonly before: TradeTotals;
  readonly readTotals: () => Promise<TradeTotals>;
  readonly hasOpenTrades: () => Promise<boolean>;
  /** Ends the heartbeats and waits until all their records are pushed; the services keep running. Safe to repeat. */
  readonly quiesce: () => Promise<void>;
  /** Ends the heartbeats, then the services. Safe to repeat. */
  readonly stop: () => Promise<void>;
}

/** The options of {@link startSwarm}. */
export interface SwarmOptions {
  readonly folder: StateFolder;
  readonly secrets: Secrets;
  readonly manifests: readonly Manifest[];
  /** Public keys of further operators, besides that of the state folder. */
  readonly operatorKeys: OperatorKeys;
  readonly corpus: CorpusSource;
  readonly options: UpOptions;
  readonly draining: () => boolean;
  readonly onBeat: (report: BeatReport) => void;
  readonly log: (line: string) => void;
  readonly debug: (line: string) => void;
  /** Called at each step of the start and of the stop. */
  readonly progress: Progress;
  /** Ends the start between two steps when it aborts. */
  readonly signal: AbortSignal;
}

const BUCKET = 'karmakadabra-deliveries';
const REGION = 'us-east-1';

/**
 * Starts a swarm: services, chain, vault, then the agents one by one, so that their beats are spread.
 * @throws the reason of the signal when it aborts before the agents beat.
 */
export async function startSwarm(given: SwarmOptions): Promise<Swarm> {
  const { folder, secrets, manifests, corpus, options, log, debug, progress, signal } = given;
  const step: Progress = (...told) => {
    signal.throwIfAborted();
    progress(...told);
  };
  keepHeapLean();
  const closers: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= closeAll(closers, debug);
    return stopping;
  };
  try {
    const services = await startServices(folder, secrets, options, manifests.length, step, debug);
    closers.push(async () => {
      progress('ending the services; the chain keeps its state');
      await services.close();
    });
    step('putting the contracts on the chain');
    const treasury = secrets.account(TREASURY_WALLET);
    const deployment = await prepareChain(services.anvil, treasury, embeddedChainSettings, folder.deployment);
    const signers = await openSignatureFile(folder.index, debug);
    closers.push(signers.close);
    const market = createMarketHost(services.anvil.rpcUrl, deployment, keepIn(folder.escrow), signers);
    const store = createObjectStore({
      endpoint: services.s3.endpoint,
      region: REGION,
      bucket: BUCKET,
      credentials: secrets.objectStore,
    });
    closers.push(store.close);
    step('opening the vault');
    await ensureBucket(store);
    const operatorKey = await openOperatorKey(folder.operatorKey);
    let pace: Pace | undefined;
    let signTyped: (edits: readonly TypedEdit[]) => void = () => undefined;
    const vault = await openVault({
      workTree: folder.vault,
      remoteUrl: services.remoteUrl,
      spoolDir: folder.spool,
      index: { folder: folder.index, code: digestCode() },
      kinds: noteKinds,
      minPushIntervalMs: 500,
      isRemoteOwn: true,
      onTyped: (edits) => {
        pace?.seen();
        signTyped(edits);
      },
      log: (level, message) => (level === 'warn' ? log(message) : debug(message)),
    });
    closers.push(async () => {
      progress('closing the vault');
      await vault.close();
    });
    const orders = await openHostOrders({
      vault,
      clone: folder.vault,
      file: folder.obeyed,
      keys: joinOperatorKeys(operatorKey.keys, given.operatorKeys),
      market,
      nicks: nicksOf(manifests),
    });
    signTyped = createEditSigner({
      vault,
      clone: folder.vault,
      key: operatorKey,
      swarm: swarmId(deployment),
      orders,
      log,
    });
    const lookAtEscrow = () => keepLastLook(market, folder.escrow);
    // Early, because people read it after the stop and later steps may take long.
    closers.push(lookAtEscrow);

    const work = createIsolatedProducts();
    closers.push(work.close);
    const host: Host = {
      folder,
      deliverySeed: secrets.deliverySeed,
      vault: orders.vaultOf(),
      orders,
      market,
      reader: createMarketReader({
        domain: market.domain,
        signatures: market.signatures,
        openedQuote: market.openedQuote,
        daySeconds: corpus.corpus.settings.daySeconds,
        quoteBySeconds: embeddedChainSettings.quoteBySeconds,
        log,
        maxGoodsBytes: embeddedChainSettings.maxGoodsBytes,
      }),
      products: work.products,
      treasury: treasury.address.toLowerCase() as Address,
      store,
      downloadOrigins: [new URL(services.s3.endpoint).origin],
      irc: { ...services.irc, readLine: createSharedLineReader() },
      nicks: nicksOf(manifests),
      outbox: { burst: 20, everyMs: 200 },
      tradeSettings: embeddedChainSettings,
      beats: createBeatQueue(),
      rests: createRestBook({
        vault,
        uuid: randomUUID,
        onError: (error) => log(`resting agents were not recorded: ${formatError(error)}`),
      }),
      build: await readBuild(),
      draining: given.draining,
      log,
      debug,
    };

    const agents: AgentHost[] = [];
    const leaveChannel = async (): Promise<void> => {
      await Promise.all(agents.map((agent) => agent.channel.close('the swarm stops')));
    };
    closers.push(leaveChannel);
    for (const manifest of manifests) {
      step('starting the agents', agents.length, manifests.length);
      const account = secrets.account(manifest.spec.wallet.index);
      agents.push(await createAgentHost(host, manifest, account, sellsLogs(manifest) ? corpus.corpus : undefined));
    }
    const run = await writeRunFile(folder.run, {
      beatSeconds: options.beatSeconds,
      irc: { ...services.irc, channel: CHANNEL },
      seenFrom: 'machine',
      rpc: services.anvil.rpcUrl,
      chainId: deployment.chainId,
      escrow: deployment.escrow,
      token: deployment.token,
      s3: services.s3.endpoint,
      agents: agents.map(({ manifest, address }) => ({
        name: manifest.metadata.name,
        nick: nickOf(manifest),
        address,
      })),
    });
    step('reading the trades of earlier runs');
    const readTotals = async (): Promise<TradeTotals> => {
      const [index, chain] = await Promise.all([vault.read(), market.index.view(zeroAddress)]);
      return totalsOf(recordsOf(index, chain));
    };
    const before = await readTotals();
    const agentNicks = new Set(host.nicks.values());
    const swarmServices = startSwarmServices({
      ops: host,
      treasury: host,
      treasuryAccount: treasury,
      manifests,
      run,
      stores: [store],
      wholeVault: vault,
      residents: manifests.map(({ metadata }) => metadata.name),
      onLine: ({ nick }) => {
        if (!agentNicks.has(nick)) pace?.seen();
      },
    });
    const archiver =
      options.archive === undefined
        ? undefined
        : startArchiver({
            git: createGit(folder.remote),
            readVault: vault.read,
            readChain: () => market.index.view(zeroAddress),
            readWallets: host.reader.readDirectory,
            settings: archiveSettings(options.archive),
            log,
            debug,
          });
    if (archiver !== undefined) closers.push(archiver.stop);
    const offered = new Map<string, number>();
    const unwatch = watchVault(
      host.vault,
      agents,
      (product) => offered.set(product, (offered.get(product) ?? 0) + 1),
      debug,
    );
    let quiet: Promise<void> | undefined;
    const quiesce = (): Promise<void> => {
      quiet ??= restWithWork(work, () => restAgents(agents, swarmServices, progress)).then(() =>
        pushAll(vault, progress),
      );
      return quiet;
    };
    // Heartbeats end before the vault and the channel that they use.
    closers.push(async () => {
      unwatch();
      await quiesce();
      progress('leaving the channel');
      await leaveChannel();
      await swarmServices.close();
    });
    // First of all as well, because heartbeats may take so long to end that the process is ended before.
    closers.push(lookAtEscrow);

    agents.forEach((agent, i) => {
      const phaseSeconds = (i * options.beatSeconds) / agents.length;
      agent.start({ type: 'every', seconds: options.beatSeconds, phaseSeconds }, given.onBeat);
      agent.nudge();
    });
    if (corpus.isSample && options.rounds === undefined) {
      pace = await startSamplePace({ folder, corpus, agents, services, nicks: agentNicks, log, debug });
      closers.push(pace.stop);
    }

    return {
      host,
      agents,
      vault,
      irc: services.irc,
      rpcUrl: services.anvil.rpcUrl,
      activity: swarmServices.activity,
      offered,
      before,
      readTotals,
      hasOpenTrades: async () => {
        const [index, chain] = await Promise.all([host.vault.read(), market.index.view(zeroAddress)]);
        return allTrades(index, chain).some((pair) => !isEnded(pair, chain.blockTime));
      },
      quiesce,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
