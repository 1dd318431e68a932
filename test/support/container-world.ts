import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from 'viem';
import { nickOf } from '../../lib/core/manifest.ts';
import { hashPassword } from '../../lib/core/password.ts';
import { createObjectStore, ensureBucket } from '../../lib/delivery/object-store.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { embeddedChainSettings } from '../../lib/flows/trade/settings.ts';
import { prepareChain } from '../../lib/host/machine/prepare-chain.ts';
import { openSecrets, TREASURY_WALLET } from '../../lib/keys/development-secrets.ts';
import { hubAccounts } from '../../lib/keys/hub-accounts.ts';
import { startAnvil } from '../../lib/local/evm.ts';
import { startS3Server } from '../../lib/local/s3-server/server.ts';
import { freePort } from './free-port.ts';
import { passwordOf } from './hub.ts';
import { PROJECT, type Started, type SwarmBox } from './swarm.ts';

/** What one agent and a hub stand on, with everything that each needs to be started as a process of its own. */
export interface UnitWorld {
  /** Starts the hub or the agent; each goes on in its own state folder. */
  readonly start: (command: 'hub' | 'agent') => Started;
  /** The file of the agent's secret. */
  readonly secretFile: string;
  readonly close: () => Promise<void>;
}

const BUCKET = 'kk-deliveries';
const HOST = '127.0.0.1';

/** Makes the chain, the object store, the secrets and the environments; starts no unit yet. */
export async function makeUnitWorld(box: SwarmBox, agent: string, beatSeconds: number): Promise<UnitWorld> {
  const at = (...parts: readonly string[]): string => join(box.root, ...parts);
  await cp(join(PROJECT, 'agents', agent), at('agents', agent), { recursive: true });
  const [manifest] = await loadManifests([at('agents')]);
  if (manifest === undefined) throw new Error(`there is no agent ${agent}`);
  const keys = await openSecrets(at('keys.json'));
  const { objectStore } = keys;
  const log = (): void => undefined;
  const accessKeys = [{ id: objectStore.accessKeyId, secret: objectStore.secretAccessKey }];
  const s3 = await startS3Server({ dir: at('objects'), host: HOST, accessKeys, log });
  await mkdir(at('chain'));
  const anvil = await startAnvil({
    stateFile: at('chain', 'state.json'),
    funded: Array.from({ length: 6 }, (_, index) => keys.account(index).address),
    log,
  });
  const treasury = keys.account(TREASURY_WALLET);
  await prepareChain(anvil, treasury, embeddedChainSettings, at('deployment.json'));
  const place = { endpoint: s3.endpoint, region: 'us-east-1', bucket: BUCKET };
  const store = createObjectStore({ ...place, credentials: objectStore });
  await ensureBucket(store);
  store.close();

  const [gitPort, ircPort] = [await freePort(), await freePort()];
  await Promise.all(['secrets', 'state'].map((name) => mkdir(at(name))));
  const prepare = async (unit: string, secret: object, environment: Readonly<Record<string, string>>) => {
    await writeFile(at('secrets', unit), JSON.stringify({ apiVersion: 'karmakadabra/v1', ...secret }), { mode: 0o600 });
    return { ...environment, KK_SECRET_FILE: at('secrets', unit), KK_STATE: at('state', unit) };
  };
  const known = hubAccounts([{ name: agent, nick: nickOf(manifest), hubGeneration: 0 }], [], {
    hubPassword: passwordOf,
    deliverySeed: () => '',
    pseudonymKey: () => '',
  });
  const accounts: object[] = [];
  for (const { password, ...account } of known)
    accounts.push({ ...account, passwordHash: await hashPassword(password) });
  const privateKey = keys.account(manifest.spec.wallet.index).getHdKey().privateKey ?? new Uint8Array();
  const environments = {
    hub: await prepare(
      'hub',
      { kind: 'HubSecret', accounts },
      { KK_HUB_HOST: HOST, KK_GIT_PORT: String(gitPort), KK_IRC_PORT: String(ircPort), KK_CA_FILE: at('hub-ca.pem') },
    ),
    agent: await prepare(
      agent,
      {
        kind: 'AgentSecret',
        name: agent,
        privateKey: toHex(privateKey),
        deliverySeed: toHex(keys.deliverySeed(agent)).slice(2),
        hub: { account: agent, password: passwordOf(agent) },
        objectStore,
      },
      {
        AWS_REGION: place.region,
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
        KK_AGENT: agent,
        KK_PREFIX: `agents/${agent}/`,
      },
    ),
  };
  return {
    start: (command) =>
      box.start(process.execPath, [join(PROJECT, 'scripts/swarm-ops.js'), command], environments[command]),
    secretFile: at('secrets', agent),
    close: async () => {
      await anvil.close();
      await s3.close();
    },
  };
}
