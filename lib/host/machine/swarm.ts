import { type Address, zeroAddress } from 'viem';
import { CHANNEL } from '../../core/channel.ts';
import { formatError } from '../../core/errors.ts';
import { type Manifest, nickOf } from '../../core/manifest.ts';
import { createObjectStore, ensureBucket } from '../../delivery/object-store.ts';
import { digestCode } from '../../files/code-digest.ts';
import { readBuild } from '../../files/project.ts';
import { embeddedChainSettings } from '../../flows/trade/settings.ts';
import type { BeatReport } from '../../heartbeat/ports.ts';
import { type Secrets, TREASURY_WALLET } from '../../keys/development-secrets.ts';
import { createMarketHost } from '../../market/market-host.ts';
import { isEnded } from '../../market/notes/ended.ts';
import { allTrades } from '../../market/notes/trade-pairs.ts';
import { openVault, type Vault } from '../../vault/vault.ts';
import { type AgentHost, createAgentHost } from '../agent-host.ts';
import type { Host } from '../host.ts';
import type { ActivityWatch } from '../irc-activity.ts';
import { landed } from '../landed.ts';
import { NOTE_KINDS } from '../note-kinds.ts';
import { watchVault } from '../nudges.ts';
import { writeRunFile } from '../run-file.ts';
import { sellsLogs } from '../sells-logs.ts';
import { openSignatureFile } from '../signature-file.ts';
import { keepIn, keepLastLook } from '../snapshot-file.ts';
import type { StateFolder } from '../state-folder.ts';
import { startStewardship } from '../stewardship.ts';
import type { CorpusSource } from './corpus-source.ts';
import { prepareChain } from './embedded-chain.ts';
import { startServices } from './services.ts';
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
  readonly hasOpenTrades: () => Promise<boolean>;
  /** Ends the heartbeats and waits until all they recorded has landed; the services go on. Safe to repeat. */
  readonly quiesce: () => Promise<void>;
  /** Ends heartbeats, then what they stand on. Safe to repeat. */
  readonly stop: () => Promise<void>;
}

/** What starting a swarm takes. */
export interface SwarmOptions {
  readonly folder: StateFolder;
  readonly secrets: Secrets;
  readonly manifests: readonly Manifest[];
  readonly corpus: CorpusSource;
  readonly options: UpOptions;
  readonly draining: () => boolean;
  readonly onBeat: (report: BeatReport) => void;
  readonly log: (line: string) => void;
  readonly debug: (line: string) => void;
  /** Told of each step of the start, for people who wait. */
  readonly progress: (line: string) => void;
}

const BUCKET = 'karmakadabra-deliveries';
const REGION = 'us-east-1';

/** Starts a swarm: services, chain, vault, then the agents one by one, so that their beats are spread. */
export async function startSwarm(given: SwarmOptions): Promise<Swarm> {
  const { folder, secrets, manifests, corpus, options, log, debug, progress } = given;
  const closers: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= closeAll(closers, debug);
    return stopping;
  };
  try {
    progress('starting IRC, S3 and the chain');
    const services = await startServices(folder, secrets, options, debug);
    closers.push(services.close);
    const treasury = secrets.account(TREASURY_WALLET);
    const deployment = await prepareChain(services.anvil, treasury, embeddedChainSettings, folder.deployment);
    const signers = await openSignatureFile(folder.index, debug);
    closers.push(signers.close);
    const market = createMarketHost(services.anvil.rpcUrl, deployment, keepIn(folder.escrow), signers);
    closers.push(() => keepLastLook(market, folder.escrow));
    const store = createObjectStore({
      endpoint: services.s3.endpoint,
      region: REGION,
      bucket: BUCKET,
      credentials: secrets.objectStore,
    });
    closers.push(store.close);
    await ensureBucket(store);
    progress('opening the vault');
    const vault = await openVault({
      workTree: folder.vault,
      remoteUrl: services.remoteUrl,
      spoolDir: folder.spool,
      index: { folder: folder.index, code: digestCode() },
      kinds: NOTE_KINDS,
      minPushIntervalMs: 500,
      log: (level, message) => (level === 'warn' ? log(message) : debug(message)),
    });
    closers.push(vault.close);

    const host: Host = {
      folder,
      deliverySeed: secrets.deliverySeed,
      vault,
      market,
      lens: {
        domain: market.domain,
        signatures: market.signatures,
        daySeconds: corpus.corpus.settings.daySeconds,
        quoteBySeconds: embeddedChainSettings.quoteBySeconds,
        log,
        maxGoodsBytes: embeddedChainSettings.maxGoodsBytes,
      },
      treasury: treasury.address.toLowerCase() as Address,
      store,
      downloadOrigins: [new URL(services.s3.endpoint).origin],
      irc: services.irc,
      outbox: { burst: 20, everyMs: 200 },
      tradeSettings: embeddedChainSettings,
      build: await readBuild(),
      draining: given.draining,
      log,
      debug,
    };

    progress(`waking ${manifests.length} agents`);
    const agents: AgentHost[] = [];
    for (const manifest of manifests) {
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
    const stewardship = startStewardship({
      ops: host,
      treasury: host,
      treasuryAccount: treasury,
      manifests,
      run,
      stores: [store],
    });
    const offered = new Map<string, number>();
    const unwatch = watchVault(
      vault,
      agents,
      (product) => offered.set(product, (offered.get(product) ?? 0) + 1),
      debug,
    );
    let quiet: Promise<void> | undefined;
    const quiesce = (): Promise<void> => {
      quiet ??= Promise.all([stewardship.rest(), ...agents.map((agent) => agent.rest())]).then(() => landed(vault));
      return quiet;
    };
    // Heartbeats end before what they write to and speak through.
    closers.push(async () => {
      unwatch();
      await quiesce();
      await Promise.all(agents.map((agent) => agent.channel.close('the swarm stops')));
      await stewardship.close();
    });

    agents.forEach((agent, i) => {
      const phaseSeconds = (i * options.beatSeconds) / agents.length;
      agent.start({ type: 'every', seconds: options.beatSeconds, phaseSeconds }, given.onBeat);
      agent.nudge();
    });

    return {
      host,
      agents,
      vault,
      irc: services.irc,
      rpcUrl: services.anvil.rpcUrl,
      activity: stewardship.activity,
      offered,
      hasOpenTrades: async () => {
        const [index, chain] = await Promise.all([vault.read(), market.index.view(zeroAddress)]);
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

/** Ends what was started, newest first; one that fails doesn't keep the others alive. */
async function closeAll(closers: (() => Promise<void> | void)[], log: (line: string) => void): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      log(`while stopping: ${formatError(error)}`);
    }
  }
}
