import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from 'viem';
import { nickOf } from '../../lib/core/manifest.ts';
import { createObjectStore, ensureBucket, type ObjectStore } from '../../lib/delivery/object-store.ts';
import { embeddedChainSettings } from '../../lib/flows/trade/settings.ts';
import { startAnvil } from '../../lib/local/evm.ts';
import { startS3Server } from '../../lib/local/s3-server/server.ts';
import { startSampleCorpus } from '../../lib/local/sample-corpus/writer.ts';
import { hashPassword } from '../../scripts/hub/password.ts';
import { hubAccounts } from '../../scripts/keys/hub-accounts.ts';
import { loadManifests } from '../../scripts/load-manifests.ts';
import type { Deployment } from '../../scripts/swarm/deployment.ts';
import { prepareChain } from '../../scripts/swarm/embedded-chain.ts';
import { openSecrets, TREASURY_WALLET } from '../../scripts/swarm/secrets.ts';
import { freePort } from './free-port.ts';
import { passwordOf } from './hub.ts';
import { PROJECT, type Started, type SwarmBox } from './swarm.ts';

/** What units stand on, with everything that each needs to be started as a process of its own. */
export interface UnitWorld {
  readonly agents: readonly string[];
  /** Starts the hub, the steward or an agent; each goes on in its own state folder. */
  readonly start: (unit: string) => Started;
  readonly stateOf: (unit: string) => string;
  /** The hub's bare repository. */
  readonly repository: string;
  readonly chain: Deployment & { readonly rpc: string };
  readonly store: ObjectStore;
  /** Every value that must not be seen anywhere. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}

const BUCKET = 'kk-deliveries';
const HOST = '127.0.0.1';
const SEED = 'karmakadabra';

/** Makes the chain, the object store, the logs, the secrets and the environments; starts no unit yet. */
export async function makeUnitWorld(box: SwarmBox, agents: readonly string[], beatSeconds: number): Promise<UnitWorld> {
  const at = (...parts: readonly string[]): string => join(box.root, ...parts);
  for (const name of agents) await cp(join(PROJECT, 'agents', name), at('agents', name), { recursive: true });
  const manifests = await loadManifests([at('agents')]);
  const keys = await openSecrets(at('keys.json'));
  const { objectStore } = keys;
  const log = (): void => undefined;
  const s3 = await startS3Server({
    dir: at('objects'),
    host: HOST,
    accessKeys: [{ id: objectStore.accessKeyId, secret: objectStore.secretAccessKey }],
    log,
  });
  await mkdir(at('chain'));
  const anvil = await startAnvil({ stateFile: at('chain', 'state.json'), mnemonic: keys.mnemonic, accounts: 6, log });
  const treasury = keys.account(TREASURY_WALLET);
  const deployment = await prepareChain(anvil, treasury, embeddedChainSettings, at('deployment.json'));
  const store = createObjectStore({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    bucket: BUCKET,
    credentials: objectStore,
  });
  await ensureBucket(store);
  const sample = await startSampleCorpus({ dir: at('sample'), seed: SEED });

  const [gitPort, ircPort] = [await freePort(), await freePort()];
  const shared = {
    AWS_REGION: 'us-east-1',
    KK_VAULT_REMOTE: `https://localhost:${gitPort}/vault.git`,
    KK_IRC: `ircs://localhost:${ircPort}`,
    KK_HUB_CA: at('hub-ca.pem'),
    KK_BUCKET: BUCKET,
    KK_S3_ENDPOINT: s3.endpoint,
    KK_RPC: anvil.rpcUrl,
    KK_DEPLOYMENT: at('deployment.json'),
    KK_TREASURY: treasury.address,
    KK_DAY_SECONDS: '60',
    KK_BEAT_SECONDS: String(beatSeconds),
    KK_AGENTS: at('agents'),
    KK_IMAGE: 'registry.example/karmakadabra/agent@sha256:0',
  };
  const { KK_BUCKET: _, KK_S3_ENDPOINT: __, ...withoutBucket } = shared;
  await Promise.all(['secrets', 'state'].map((name) => mkdir(at(name))));
  const environments = new Map<string, Readonly<Record<string, string>>>();
  const hidden: string[] = [keys.mnemonic, objectStore.secretAccessKey, toHex(keys.pseudonymKey).slice(2)];
  const prepare = async (unit: string, secret: object, environment: Readonly<Record<string, string>>) => {
    await writeFile(at('secrets', unit), JSON.stringify({ apiVersion: 'karmakadabra/v1', ...secret }), { mode: 0o600 });
    environments.set(unit, { ...environment, KK_SECRET_FILE: at('secrets', unit), KK_STATE: at('state', unit) });
  };
  const keyOf = (index: number): string => {
    const key = toHex(keys.account(index).getHdKey().privateKey ?? new Uint8Array());
    hidden.push(key.slice(2));
    return key;
  };
  const credentialOf = (account: string) => {
    hidden.push(passwordOf(account));
    return { account, password: passwordOf(account) };
  };

  const known = hubAccounts(
    manifests.map((manifest) => ({ name: manifest.metadata.name, nick: nickOf(manifest), hubGeneration: 0 })),
    [],
    { hubPassword: passwordOf, deliverySeed: () => '', pseudonymKey: () => '' },
  );
  const accounts: object[] = [];
  for (const { password, ...account } of known)
    accounts.push({ ...account, passwordHash: await hashPassword(password) });
  await prepare(
    'hub',
    { kind: 'HubSecret', accounts },
    { KK_HUB_HOST: HOST, KK_GIT_PORT: String(gitPort), KK_IRC_PORT: String(ircPort), KK_CA_FILE: at('hub-ca.pem') },
  );
  await prepare(
    'steward',
    {
      kind: 'StewardSecret',
      privateKey: keyOf(TREASURY_WALLET),
      treasury: credentialOf('kk-treasury'),
      ops: credentialOf('kk-ops'),
    },
    // As on EC2, where the bucket itself deletes what is old.
    withoutBucket,
  );
  for (const { metadata, spec } of manifests) {
    const { name } = metadata;
    const deliverySeed = toHex(keys.deliverySeed(name)).slice(2);
    hidden.push(deliverySeed);
    const sellsLogs = spec.sells.some(({ product }) => product === 'raw-logs');
    await prepare(
      name,
      {
        kind: 'AgentSecret',
        name,
        privateKey: keyOf(spec.wallet.index),
        deliverySeed,
        hub: credentialOf(name),
        objectStore,
        ...(sellsLogs ? { pseudonymKey: toHex(keys.pseudonymKey).slice(2) } : {}),
      },
      {
        ...shared,
        KK_AGENT: name,
        KK_PREFIX: `agents/${name}/`,
        ...(sellsLogs ? { KK_CORPUS_DIR: at('sample') } : {}),
      },
    );
  }

  return {
    agents,
    start: (unit) => {
      const command = unit === 'hub' || unit === 'steward' ? unit : 'agent';
      return box.start(process.execPath, [join(PROJECT, 'scripts/swarm-ops.js'), command], environments.get(unit));
    },
    stateOf: (unit) => at('state', unit),
    repository: at('state', 'hub', 'vault.git'),
    chain: { ...deployment, rpc: anvil.rpcUrl },
    store,
    secrets: hidden,
    close: async () => {
      store.close();
      await sample.close();
      await anvil.close();
      await s3.close();
    },
  };
}
