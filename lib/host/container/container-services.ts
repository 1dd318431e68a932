import { readFile } from 'node:fs/promises';
import type { Address } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { systemClock } from '../../core/time.ts';
import { createObjectStore, type ObjectStore } from '../../delivery/object-store.ts';
import { presignDownload } from '../../delivery/presign.ts';
import { digestCode } from '../../files/code-digest.ts';
import { readBuild } from '../../files/project.ts';
import { tradeSettingsOf } from '../../flows/trade/settings.ts';
import { createMarketHost } from '../../market/market-host.ts';
import { hubRemote } from '../../vault/hub-remote.ts';
import { openVault, type Vault } from '../../vault/vault.ts';
import type { Host } from '../host.ts';
import { NOTE_KINDS } from '../note-kinds.ts';
import { openSignatureFile } from '../signature-file.ts';
import { keepIn } from '../snapshot-file.ts';
import type { StateFolder } from '../state-folder.ts';
import { type Patience, waitFor } from '../wait-for.ts';
import { findDeployment } from './container-deployment.ts';
import type { UnitEnvironment } from './container-environment.ts';
import { type AgentUnitSecret, type HubCredential, readRpcUrl } from './container-secret.ts';

/** What opening a vault of the hub takes. */
export interface HubVaultOptions {
  readonly environment: UnitEnvironment;
  readonly credential: HubCredential;
  readonly workTree: string;
  readonly spoolDir: string;
  readonly indexDir: string;
  readonly everySeconds: number;
  readonly patience: Patience;
}

/** Reads the hub's certificate, where the hub is spoken to over TLS; waits until it is there. */
export async function readHubCa(environment: UnitEnvironment, patience: Patience): Promise<string | undefined> {
  const { KK_VAULT_REMOTE, KK_IRC, KK_HUB_CA } = environment;
  if (KK_VAULT_REMOTE.protocol !== 'https:' && !KK_IRC.tls) return undefined;
  return waitFor(
    'the hub’s certificate',
    async () => {
      const text = await readFile(KK_HUB_CA, 'utf8').catch(() => '');
      if (/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text)) return text;
      throw new SwarmError({
        code: 'unit/no-certificate',
        disposition: 'wait',
        message: `There is no certificate in ${KK_HUB_CA} yet`,
        next: 'The hub publishes it at its first start; see its log.',
      });
    },
    patience,
  );
}

/** Opens this unit's clone of the vault, waiting for the hub. */
export async function openHubVault(options: HubVaultOptions): Promise<Vault> {
  const { environment, credential, workTree, spoolDir, indexDir, everySeconds, patience } = options;
  const remoteUrl = environment.KK_VAULT_REMOTE.href;
  const isHub = environment.KK_VAULT_REMOTE.protocol === 'https:';
  const remote = isHub ? hubRemote({ remoteUrl, ...credential, caFile: environment.KK_HUB_CA }) : { remoteUrl };
  const open = (): Promise<Vault> =>
    openVault({
      ...remote,
      workTree,
      spoolDir,
      index: { folder: indexDir, code: digestCode() },
      kinds: NOTE_KINDS,
      // Nobody looks at the files of a container.
      hasFiles: false,
      timing: paceOf(everySeconds),
      log: (_level, message) => patience.log(message),
    });
  return waitFor('the vault', () => open().catch((error: unknown) => Promise.reject(refusedOr(error))), patience);
}

/** A hub that knows the account by another password, or not at all, doesn't change its mind by being asked again. */
function refusedOr(error: unknown): unknown {
  const isRefusal =
    error instanceof SwarmError &&
    error.cause instanceof Error &&
    /Authentication failed|could not read Username|returned error: 40[13]/.test(error.cause.message);
  if (!isRefusal) return error;
  return new SwarmError({
    code: 'unit/hub-refused',
    disposition: 'stop',
    message: 'The hub does not accept the account or the password in the secret of this unit',
    next: 'Write both sides anew with swarm-ops keys push --rotate, and restart this unit.',
  });
}

/**
 * How often the hub is asked and pushed to: about once a beat. A landing shows what others wrote as well; with two dozen
 * agents each look costs the hub and the agent a twentieth of a second of work.
 */
function paceOf(everySeconds: number) {
  const beatWithin = (leastMs: number, mostMs: number) => Math.min(mostMs, Math.max(leastMs, everySeconds * 1000));
  return { minPushIntervalMs: beatWithin(1000, 10_000), fetchIntervalMs: beatWithin(5000, 30_000) };
}

/** Opens the bucket and finds the origin of its URLs, which takes credentials: waits until there are some. */
export async function openStore(
  environment: UnitEnvironment & { readonly KK_BUCKET: string; readonly KK_PREFIX?: string },
  credentials: AgentUnitSecret['objectStore'],
  patience: Patience,
): Promise<{ readonly store: ObjectStore; readonly origin: string }> {
  const { KK_S3_ENDPOINT, KK_BUCKET, KK_PREFIX, AWS_REGION } = environment;
  const store = createObjectStore({
    ...(KK_S3_ENDPOINT === undefined ? {} : { endpoint: KK_S3_ENDPOINT.origin }),
    region: AWS_REGION,
    bucket: KK_BUCKET,
    ...(KK_PREFIX === undefined ? {} : { prefix: KK_PREFIX }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const origin = await waitFor(
    'credentials for the object store',
    async () => new URL((await presignDownload(store, `${store.prefix}origin`, { clock: systemClock })).url).origin,
    patience,
  );
  return { store, origin };
}

/** Everything of a host that a unit has in common with a machine that runs a whole swarm. */
export async function openMarket(
  environment: UnitEnvironment,
  folder: StateFolder,
  patience: Patience,
): Promise<Pick<Host, 'market' | 'lens' | 'tradeSettings' | 'outbox' | 'build'> & { readonly rpcUrl: string }> {
  const rpcUrl = await waitFor('the RPC’s address', () => readRpcUrl(environment), patience);
  const deployment = await waitFor('the chain', () => findDeployment(environment, rpcUrl), patience);
  const tradeSettings = tradeSettingsOf(deployment.chainId);
  // What is not written yet when the unit ends is checked again.
  const signers = await openSignatureFile(folder.index, patience.log);
  const market = createMarketHost(rpcUrl, deployment, keepIn(folder.escrow), signers);
  return {
    rpcUrl,
    market,
    lens: {
      domain: market.domain,
      signatures: market.signatures,
      daySeconds: environment.KK_DAY_SECONDS,
      quoteBySeconds: tradeSettings.quoteBySeconds,
      maxGoodsBytes: tradeSettings.maxGoodsBytes,
      log: patience.log,
    },
    tradeSettings,
    outbox: { burst: 10, everyMs: 1000 },
    build: await readBuild(environment.KK_IMAGE),
  };
}

/** Where an agent's surplus returns to, if anybody said so. */
export function treasuryOf(
  environment: UnitEnvironment,
  secret: Pick<AgentUnitSecret, 'treasury'>,
): Address | undefined {
  return environment.KK_TREASURY ?? secret.treasury;
}

/** The folders of a unit's state that are one agent's or one author's. */
export function vaultFolders(
  folder: StateFolder,
  author?: string,
): { readonly workTree: string; readonly spoolDir: string; readonly indexDir: string } {
  const { vault, spool, index } = folder;
  if (author === undefined) return { workTree: vault, spoolDir: spool, indexDir: index };
  return { workTree: `${vault}-${author}`, spoolDir: `${spool}-${author}`, indexDir: `${index}-${author}` };
}
