import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { english, generateMnemonic, mnemonicToAccount, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startAnvil } from '../../lib/local/evm.ts';
import { parseAccounts } from '../../scripts/hub/accounts.ts';
import { verifyPassword } from '../../scripts/hub/password.ts';
import { type AgentSecret, parseAgentSecret } from '../../scripts/keys/agent-secret.ts';
import { loadManifests } from '../../scripts/load-manifests.ts';
import { projectPath } from '../../scripts/swarm/project.ts';
import { TREASURY_WALLET } from '../../scripts/swarm/secrets.ts';
import { parseStewardSecret, readRpcUrl } from '../../scripts/unit/unit-secret.ts';
import { TEST_MNEMONIC } from '../support/evm.ts';
import { findProgram, type Moto, startMoto } from '../support/moto.ts';
import { type OpsRun, swarmOps } from '../support/swarm-ops.ts';

const program = findProgram('moto_server');
const credential = z.object({ password: z.string() });
const mnemonic = generateMnemonic(english);
/** Each run of the program takes seconds on a busy machine, and some laws take ten runs. */
const PATIENCE_MS = 400_000;
const credentials = { AWS_ACCESS_KEY_ID: 'AKIAPLANTEDPLANTED00', AWS_SECRET_ACCESS_KEY: 'planted-secret-access-key' };

describe.skipIf(program === undefined)('the keys of a fleet in Secrets Manager (skipped without moto_server)', () => {
  let moto: Moto;
  let client: SecretsManagerClient;
  let dir: string;
  let agents: string;
  let prefix: string;
  let fleets = 0;
  const runs: OpsRun[] = [];
  const secrets: AgentSecret[] = [];

  beforeAll(async () => {
    moto = await startMoto(program ?? '');
    dir = await mkdtemp(join(tmpdir(), 'kk-keys-'));
    agents = join(dir, 'agents');
    await cp(projectPath('agents'), agents, { recursive: true });
    client = new SecretsManagerClient({
      region: 'us-east-1',
      endpoint: moto.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const written = await keys(['derive', '--write']);
    expect(written.code, written.stderr).toBe(0);
  });
  afterAll(async () => {
    client?.destroy();
    await moto?.close();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => {
    prefix = `fleet-${fleets++}/units/`;
    moto.refuse = () => undefined;
  });

  async function keys(args: readonly string[], env: Record<string, string> = credentials): Promise<OpsRun> {
    const where = ['--agents', agents, '--mnemonic-fd', '3', '--region', 'us-east-1', '--endpoint', moto.endpoint];
    const run = await swarmOps(['keys', ...args, ...where], { fd3: mnemonic, env });
    runs.push(run);
    return run;
  }

  const push = (...args: string[]) => keys(['push', '--prefix', prefix, '--yes', ...args]);
  const check = (...args: string[]) => keys(['check', '--prefix', prefix, ...args]);

  async function read(agent: string): Promise<AgentSecret> {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: `${prefix}${agent}` }));
    const parsed = parseAgentSecret(SecretString);
    if (parsed === undefined) return expect.fail(`${agent} has no secret of ours`);
    secrets.push(parsed);
    return parsed;
  }

  /** Whether the hub's secret holds a hash of the password in each of these agents' secrets, and no password. */
  async function itsHubKnows(agentNames: readonly string[]): Promise<void> {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: `${prefix}hub` }));
    const accounts = parseAccounts(SecretString);
    expect(accounts).toHaveLength(26);
    for (const name of agentNames) {
      const { password } = credential.parse((await read(name)).hub);
      const hash = accounts.find(({ account }) => account === name)?.passwordHash ?? '';
      expect(await verifyPassword(password, hash)).toBe(true);
      expect(SecretString).not.toContain(password);
    }
  }

  async function names(): Promise<readonly string[]> {
    const { SecretList = [] } = await client.send(
      new ListSecretsCommand({ MaxResults: 100, Filters: [{ Key: 'name', Values: [prefix] }] }),
    );
    return SecretList.flatMap(({ Name }) => Name ?? []).sort();
  }

  it('shows in a dry run what it would do, and does nothing', { timeout: PATIENCE_MS }, async () => {
    const run = await keys(['push', '--prefix', prefix, '--dry-run', '--json']);
    expect(run.code, run.stderr).toBe(0);
    const { items } = JSON.parse(run.stdout) as { items: { action: string; done: boolean }[] };
    // 24 agents and the hub.
    expect(items).toHaveLength(25);
    expect(new Set(items.map(({ action, done }) => `${action} ${done}`))).toEqual(new Set(['create false']));
    expect(await names()).toEqual([]);
  });

  it('goes on after a quota was used up half-way, keeping what was written', { timeout: PATIENCE_MS }, async () => {
    let created = 0;
    moto.refuse = (action) => {
      if (action !== 'CreateSecret' || created++ < 10) return undefined;
      return { name: 'LimitExceededException', message: 'You have reached the maximum number of secrets.' };
    };
    const first = await push();
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('10 of 25 secrets are written and stay; 15 are not');
    expect(first.stderr).toContain('aws/quota-exceeded');
    expect(await names()).toHaveLength(10);
    const kept = await read('kk-coordinator');

    const halfWay = await check();
    expect(halfWay.code).toBe(1);
    expect(halfWay.stdout).toContain('16 of 25 are not right');

    moto.refuse = () => undefined;
    const second = await push();
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toContain('Wrote 16 secrets');
    expect(await names()).toHaveLength(25);
    expect(await read('kk-coordinator')).toEqual(kept);
    for (const { metadata, spec } of await loadManifests([agents])) {
      const secret = await read(metadata.name);
      expect(privateKeyToAddress(secret.privateKey).toLowerCase()).toBe(spec.wallet.address);
      // Only the seller of the logs may make pseudonyms.
      expect('pseudonymKey' in secret).toBe(metadata.name === 'kk-karma-hello');
    }
    expect(new Set(secrets.map(({ deliverySeed }) => deliverySeed)).size).toBe(24);

    const whole = await check();
    expect(whole.code, whole.stdout).toBe(0);
    expect((await push()).stdout).toContain('Nothing to do.');

    // The policy of a secret in a fleet lets nobody but its agent read it.
    const before = await read('kk-validator');
    moto.refuse = (action) =>
      action === 'GetSecretValue' ? { name: 'AccessDeniedException', message: 'no' } : undefined;
    const closed = await check('--no-mnemonic', '--json');
    expect(closed.code, closed.stdout).toBe(0);
    const { items } = JSON.parse(closed.stdout) as { items: { finding: string }[] };
    expect(new Set(items.map(({ finding }) => finding))).toEqual(new Set(['labelled']));
    const rotated = await push('--rotate', 'kk-validator');
    expect(rotated.code, rotated.stderr).toBe(0);
    expect(moto.calls).toContain('PutSecretValue');
    expect((await check('--json')).code).toBe(0);

    moto.refuse = () => undefined;
    const after = await read('kk-validator');
    expect({ ...after, hub: before.hub }).toEqual(before);
    expect(after.hub).not.toEqual(before.hub);
    await itsHubKnows(['kk-validator', 'kk-coordinator', 'kk-karma-hello']);
  });

  it('fills what infrastructure made empty, and overwrites only what it is told to', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { PutSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
    await client.send(new CreateSecretCommand({ Name: `${prefix}kk-validator` }));
    const plan = await keys(['push', '--prefix', prefix, '--dry-run', '--json']);
    const { items } = JSON.parse(plan.stdout) as { items: { name: string; action: string }[] };
    expect(items.find(({ name }) => name === 'kk-validator')?.action).toBe('fill');
    expect((await push()).code).toBe(0);

    // Somebody adds a field; another wallet gets in by mistake.
    const before = await read('kk-validator');
    const strange = {
      ...before,
      privateKey: (await read('kk-coordinator')).privateKey,
      rpcUrl: 'https://rpc.example/k',
    };
    await client.send(
      new PutSecretValueCommand({ SecretId: `${prefix}kk-validator`, SecretString: JSON.stringify(strange) }),
    );
    const wrong = await check();
    expect(wrong.code).toBe(1);
    // The wallet is another, and nobody can say by which password the hub should know it.
    expect(wrong.stdout).toContain('2 of 25 are not right');
    const foreign = await push();
    expect([foreign.code, foreign.stderr]).toEqual([1, expect.stringContaining('was not written by this program')]);

    const rotated = await push('--rotate', 'kk-validator');
    expect(rotated.code, rotated.stderr).toBe(0);
    expect(rotated.stdout).toContain('Wrote 2 secrets');
    // Where the value may be read, what somebody added stays.
    const mended = await read('kk-validator');
    expect(mended).toEqual({ ...before, hub: mended.hub, rpcUrl: 'https://rpc.example/k' });

    const fresh = await push('--rotate', 'kk-validator', '--fresh-seed');
    expect(fresh.code, fresh.stderr).toBe(0);
    const after = await read('kk-validator');
    expect(after.privateKey).toBe(before.privateKey);
    expect(after.deliverySeed).not.toBe(before.deliverySeed);
    expect((await check()).code).toBe(0);
  });

  it('lets people in whom the fleet’s configuration names, and keeps them when an agent is rotated', {
    timeout: PATIENCE_MS,
  }, async () => {
    const config = join(dir, 'fleet.yaml');
    const example = await readFile(projectPath('infra/fleet.example.yaml'), 'utf8');
    const named = (people: string) => writeFile(config, example.replace(/^people: .*$/m, `people: ${people}`));
    await named('[ana, {name: bob, nick: Bobby}]');
    const account = async (name: string) => {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: `${prefix}hub` }));
      return parseAccounts(SecretString).find((one) => one.account === name);
    };
    const show = async (name: string) => {
      const where = ['--prefix', prefix, '--config', config, '--mnemonic-fd', '3'];
      return swarmOps(['keys', 'person', name, '--json', ...where], { fd3: mnemonic });
    };
    const passwordOf = async (name: string) => {
      const run = await show(name);
      expect(run.code, run.stderr).toBe(0);
      return (JSON.parse(run.stdout) as { password: string }).password;
    };
    expect((await push('--config', config)).code).toBe(0);
    const first = await passwordOf('ana');
    expect(await verifyPassword(first, (await account('ana'))?.passwordHash ?? '')).toBe(true);
    expect(await account('bob')).toMatchObject({ kind: 'person', nick: 'Bobby' });
    expect((await push('--config', config)).stdout).toContain('Nothing to do.');

    expect((await push('--config', config, '--rotate', 'kk-validator')).code).toBe(0);
    expect(await verifyPassword(first, (await account('ana'))?.passwordHash ?? '')).toBe(true);
    expect((await check('--config', config)).code).toBe(0);

    await named('[{name: ana, generation: 1}]');
    expect((await check('--config', config)).code).toBe(1);
    expect((await push('--config', config)).stdout).toContain('Wrote 1 secrets');
    expect(await passwordOf('ana')).not.toBe(first);
    expect(await verifyPassword(first, (await account('ana'))?.passwordHash ?? '')).toBe(false);
    expect(await account('bob')).toBeUndefined();

    const nobody = await show('anna');
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('did you mean ana?')]);
    await named('[{name: eve, nick: KK-Validator}]');
    const posing = await push('--config', config);
    expect([posing.code, posing.stderr]).toEqual([1, expect.stringContaining('keys/nick-taken')]);
    await named('[kk-validator]');
    const taken = await push('--config', config);
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('people.0.name')]);
  });

  it('gives a steward the treasury’s key and accounts that the hub knows, and both anew when asked', {
    timeout: PATIENCE_MS,
  }, async () => {
    const config = join(dir, 'steward.yaml');
    const example = await readFile(projectPath('infra/fleet.example.yaml'), 'utf8');
    await writeFile(config, example.replace(/^steward: false/m, 'steward: true'));
    const textOf = async (unit: string) =>
      (await client.send(new GetSecretValueCommand({ SecretId: `${prefix}${unit}` }))).SecretString ?? '';
    const credentialsNow = async () => {
      const { privateKey, treasury, ops } = parseStewardSecret(await textOf('kk-steward'));
      expect(privateKeyToAddress(privateKey)).toBe(
        mnemonicToAccount(mnemonic, { addressIndex: TREASURY_WALLET }).address,
      );
      const accounts = parseAccounts(await textOf('hub'));
      for (const { account, password } of [treasury, ops]) {
        const hash = accounts.find((one) => one.account === account)?.passwordHash ?? '';
        expect(await verifyPassword(password, hash)).toBe(true);
      }
      return [treasury.account, ops.account, treasury.password, ops.password];
    };
    // A fleet without one has no such secret; its two accounts wait at the hub for the day.
    expect((await push()).code).toBe(0);
    expect(await names()).not.toContain(`${prefix}kk-steward`);

    const added = await push('--config', config);
    expect([added.code, added.stdout]).toEqual([0, expect.stringContaining('Wrote 2 secrets')]);
    const first = await credentialsNow();
    expect(first.slice(0, 2)).toEqual(['kk-treasury', 'kk-ops']);
    expect((await check('--config', config)).code).toBe(0);
    expect((await push('--config', config)).stdout).toContain('Nothing to do.');

    // What is rotated has its second in its label.
    await delay(1100);
    const rotated = await push('--config', config, '--rotate', 'kk-steward');
    expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringContaining('Wrote 2 secrets')]);
    const second = await credentialsNow();
    expect(second[2]).not.toBe(first[2]);
    expect(second[3]).not.toBe(first[3]);
    expect((await check('--config', config)).code).toBe(0);
    expect((await check('--config', config, '--no-mnemonic')).code).toBe(0);
  });

  it('puts the address of an RPC with a key where the units read it, after trying it, and shows nothing of it', {
    timeout: PATIENCE_MS,
  }, async () => {
    const stack = `rpc-${fleets}`;
    const config = join(dir, 'rpc.yaml');
    const example = await readFile(projectPath('infra/fleet.example.yaml'), 'utf8');
    const named = example.replace(/^stack: \S+/m, `stack: ${stack}`);
    await writeFile(config, named.replace('keyedRpc: false', 'keyedRpc: true'));
    const where = ['--config', config, '--region', 'us-east-1', '--endpoint', moto.endpoint, '--rpc-fd', '3'];
    const rpc = (address: string) => swarmOps(['keys', 'rpc', ...where], { fd3: address, env: credentials });
    const anvil = await startAnvil({
      stateFile: join(dir, 'chain.json'),
      mnemonic: TEST_MNEMONIC,
      accounts: 1,
      chainId: 84_532,
      log: () => undefined,
    });
    try {
      const keyed = `${anvil.rpcUrl}/?key=planted-rpc-key`;
      const early = await rpc(keyed);
      expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('keys/no-rpc')]);
      await client.send(new CreateSecretCommand({ Name: `${stack}/units/rpc` }));
      const first = await rpc(keyed);
      expect([first.code, first.stdout]).toEqual([0, expect.stringContaining(`Wrote ${stack}/units/rpc`)]);
      const told = { AWS_REGION: 'us-east-1', KK_RPC: undefined, KK_RPC_SECRET: `${stack}/units/rpc` };
      vi.stubEnv('AWS_ENDPOINT_URL', moto.endpoint);
      for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
      expect(await readRpcUrl(told)).toBe(keyed);
      expect((await rpc(keyed)).stdout).toContain('Nothing to do');
      for (const bad of [
        'http://rpc.example/planted-rpc-key',
        'planted-rpc-key',
        `${anvil.rpcUrl.replace(/\d+$/, '1')}/planted-rpc-key`,
      ]) {
        const refused = await rpc(bad);
        expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('keys/bad-rpc')]);
        expect(refused.stdout + refused.stderr).not.toContain('planted-rpc-key');
      }
      expect(await readRpcUrl(told)).toBe(keyed);
      expect(first.stdout + first.stderr + first.shown).not.toContain('planted-rpc-key');
    } finally {
      vi.unstubAllEnvs();
      await anvil.close();
    }
  });

  it('says what is wrong with credentials, and changes nothing', { timeout: PATIENCE_MS }, async () => {
    const absent = await keys(['push', '--prefix', prefix, '--yes'], {});
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('aws/no-credentials')]);

    moto.refuse = () => ({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
    const expired = await push();
    expect([expired.code, expired.stderr]).toEqual([1, expect.stringContaining('aws/credentials-refused')]);
    moto.refuse = () => undefined;
    expect(await names()).toEqual([]);
  });

  it('says what is wrong with names, prefixes and endpoints, and changes nothing', {
    timeout: PATIENCE_MS,
  }, async () => {
    const typo = await push('--rotate', 'kk-validatr');
    expect([typo.code, typo.stderr]).toEqual([2, expect.stringContaining('did you mean kk-validator?')]);
    const bad = await keys(['push', '--prefix', 'no end', '--yes']);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('--prefix')]);
    const alone = await keys(['push', '--prefix', prefix]);
    expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('swarm/not-confirmed')]);
    const clear = await swarmOps(
      [
        'keys',
        'push',
        '--agents',
        agents,
        '--mnemonic-fd',
        '3',
        '--region',
        'us-east-1',
        '--endpoint',
        'http://aws.example',
        '--yes',
      ],
      { fd3: mnemonic, env: credentials },
    );
    expect([clear.code, clear.stderr]).toEqual([1, expect.stringContaining('aws/insecure-endpoint')]);
    expect(await names()).toEqual([]);
  });

  it('shows no key, mnemonic or credential in anything that others can see', { timeout: PATIENCE_MS }, async () => {
    const planted = [
      mnemonic,
      credentials.AWS_SECRET_ACCESS_KEY,
      ...secrets.flatMap(({ privateKey, deliverySeed, hub }) => [
        privateKey.slice(2),
        deliverySeed,
        credential.parse(hub).password,
      ]),
    ];
    const pair = mnemonic.split(' ').slice(0, 3).join(' ');
    expect(runs.length).toBeGreaterThan(15);
    for (const { stdout, stderr, shown } of runs) {
      const args = shown.split('\n')[0] ?? '';
      for (const value of [...planted, pair]) {
        for (const place of [stdout, stderr, args]) expect(place.includes(value)).toBe(false);
      }
      // The environment holds what the SDK's user puts there, and nothing of ours.
      for (const value of [...planted.filter((one) => one !== credentials.AWS_SECRET_ACCESS_KEY), pair]) {
        expect(shown.includes(value)).toBe(false);
      }
    }
    const manifests = await Promise.all(
      (await loadManifests([agents])).map(({ metadata }) =>
        readFile(join(agents, metadata.name, 'manifest.yaml'), 'utf8'),
      ),
    );
    for (const value of [...planted, pair]) expect(manifests.join('\n').includes(value)).toBe(false);
    expect(mnemonicToAccount(mnemonic).address.toLowerCase()).toBe(
      (await loadManifests([agents]))[0]?.spec.wallet.address,
    );
  });
});
