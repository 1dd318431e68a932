import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { mnemonicToAccount, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseAccounts } from '../../lib/core/hub-accounts.ts';
import { verifyPassword } from '../../lib/core/password.ts';
import { readRpcUrl } from '../../lib/host/container/container-rpc.ts';
import { parseStewardSecret } from '../../lib/host/container/container-secret.ts';
import { TREASURY_WALLET } from '../../lib/keys/development-secrets.ts';
import { startAnvil } from '../../lib/local/evm.ts';
import {
  createKeyWorld,
  hasSecretsManager,
  KEYS_CREDENTIALS,
  KEYS_PATIENCE_MS,
  type KeyWorld,
} from '../support/key-world.ts';
import { swarmOps } from '../support/swarm-ops.ts';
import { testAddresses } from '../support/test-accounts.ts';

describe.skipIf(!hasSecretsManager)(
  'the secrets of a fleet’s people, its steward and its RPC (skipped without moto_server)',
  () => {
    let world: KeyWorld;

    beforeAll(async () => {
      world = await createKeyWorld();
    });
    afterAll(() => world?.close());
    beforeEach(() => world.nextFleet());

    it('lets people in whom the fleet’s configuration names, and keeps them when an agent is rotated', {
      timeout: KEYS_PATIENCE_MS,
    }, async () => {
      const named = (people: string) =>
        world.configure('fleet.yaml', (example) => example.replace(/^people: .*$/m, `people: ${people}`));
      const config = await named('[ana, {name: bob, nick: Bobby}]');
      const account = async (name: string) =>
        parseAccounts(await world.textOf('hub')).find((one) => one.account === name);
      const show = async (name: string) => {
        const where = ['--prefix', world.prefix(), '--config', config, '--mnemonic-fd', '3'];
        return swarmOps(['keys', 'person', name, '--json', ...where], { fd3: world.mnemonic });
      };
      const passwordOf = async (name: string) => {
        const run = await show(name);
        expect(run.code, run.stderr).toBe(0);
        return (JSON.parse(run.stdout) as { password: string }).password;
      };
      expect((await world.push('--config', config)).code).toBe(0);
      const first = await passwordOf('ana');
      expect(await verifyPassword(first, (await account('ana'))?.passwordHash ?? '')).toBe(true);
      expect(await account('bob')).toMatchObject({ kind: 'person', nick: 'Bobby' });
      expect((await world.push('--config', config)).stdout).toContain('Nothing to do.');

      expect((await world.push('--config', config, '--rotate', 'kk-validator')).code).toBe(0);
      expect(await verifyPassword(first, (await account('ana'))?.passwordHash ?? '')).toBe(true);
      expect((await world.check('--config', config)).code).toBe(0);

      await named('[{name: ana, generation: 1}]');
      expect((await world.check('--config', config)).code).toBe(1);
      expect((await world.push('--config', config)).stdout).toContain('Wrote 1 secrets');
      expect(await passwordOf('ana')).not.toBe(first);
      expect(await verifyPassword(first, (await account('ana'))?.passwordHash ?? '')).toBe(false);
      expect(await account('bob')).toBeUndefined();

      const nobody = await show('anna');
      expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('did you mean ana?')]);
      await named('[{name: eve, nick: KK-Validator}]');
      const posing = await world.push('--config', config);
      expect([posing.code, posing.stderr]).toEqual([1, expect.stringContaining('keys/nick-taken')]);
      await named('[kk-validator]');
      const taken = await world.push('--config', config);
      expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('people.0.name')]);
    });

    it('gives a steward the treasury’s key and accounts that the hub knows, and both anew when asked', {
      timeout: KEYS_PATIENCE_MS,
    }, async () => {
      const config = await world.configure('steward.yaml', (example) =>
        example.replace(/^steward: false/m, 'steward: true'),
      );
      const credentialsNow = async () => {
        const { privateKey, treasury, ops } = parseStewardSecret(await world.textOf('kk-steward'));
        expect(privateKeyToAddress(privateKey)).toBe(
          mnemonicToAccount(world.mnemonic, { addressIndex: TREASURY_WALLET }).address,
        );
        const accounts = parseAccounts(await world.textOf('hub'));
        for (const { account, password } of [treasury, ops]) {
          const hash = accounts.find((one) => one.account === account)?.passwordHash ?? '';
          expect(await verifyPassword(password, hash)).toBe(true);
        }
        world.hide(privateKey.slice(2), treasury.password, ops.password);
        return [treasury.account, ops.account, treasury.password, ops.password];
      };
      // A fleet without one has no such secret; its two accounts wait at the hub for the day.
      expect((await world.push()).code).toBe(0);
      expect(await world.names()).not.toContain(`${world.prefix()}kk-steward`);

      const added = await world.push('--config', config);
      expect([added.code, added.stdout]).toEqual([0, expect.stringContaining('Wrote 2 secrets')]);
      const first = await credentialsNow();
      expect(first.slice(0, 2)).toEqual(['kk-treasury', 'kk-ops']);
      expect((await world.check('--config', config)).code).toBe(0);
      expect((await world.push('--config', config)).stdout).toContain('Nothing to do.');

      // What is rotated has its second in its label.
      await delay(1100);
      const rotated = await world.push('--config', config, '--rotate', 'kk-steward');
      expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringContaining('Wrote 2 secrets')]);
      const second = await credentialsNow();
      expect(second[2]).not.toBe(first[2]);
      expect(second[3]).not.toBe(first[3]);
      expect((await world.check('--config', config)).code).toBe(0);
      expect((await world.check('--config', config, '--no-mnemonic')).code).toBe(0);
    });

    it('puts the address of an RPC with a key where the units read it, after trying it, and shows nothing of it', {
      timeout: KEYS_PATIENCE_MS,
    }, async () => {
      const stack = 'rpc-fleet';
      const config = await world.configure('rpc.yaml', (example) =>
        example.replace(/^stack: \S+/m, `stack: ${stack}`).replace('keyedRpc: false', 'keyedRpc: true'),
      );
      const where = ['--config', config, '--region', 'us-east-1', '--endpoint', world.moto.endpoint, '--rpc-fd', '3'];
      const rpc = (address: string) => swarmOps(['keys', 'rpc', ...where], { fd3: address, env: KEYS_CREDENTIALS });
      const currentVersion = async (name: string) =>
        (await world.client.send(new GetSecretValueCommand({ SecretId: name }))).VersionId;
      const anvil = await startAnvil({
        stateFile: join(world.dir, 'chain.json'),
        funded: testAddresses(1),
        chainId: 84_532,
        log: () => undefined,
      });
      try {
        const keyed = `${anvil.rpcUrl}/?key=planted-rpc-key`;
        const early = await rpc(keyed);
        expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('keys/no-rpc')]);
        await world.client.send(new CreateSecretCommand({ Name: `${stack}/units/rpc` }));
        const first = await rpc(keyed);
        expect([first.code, first.stdout]).toEqual([0, expect.stringContaining(`Wrote ${stack}/units/rpc`)]);
        const told = { AWS_REGION: 'us-east-1', KK_RPC: undefined, KK_RPC_SECRET: `${stack}/units/rpc` };
        vi.stubEnv('AWS_ENDPOINT_URL', world.moto.endpoint);
        for (const [name, value] of Object.entries(KEYS_CREDENTIALS)) vi.stubEnv(name, value);
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

        // Back again to the first: a version that AWS has already would be taken no notice of, so this is a third one.
        const other = `${anvil.rpcUrl}/?key=planted-rpc-key-2`;
        const versions = [await currentVersion(`${stack}/units/rpc`)];
        for (const address of [other, keyed]) {
          await delay(1100);
          expect((await rpc(address)).stdout).toContain(`Wrote ${stack}/units/rpc`);
          expect(await readRpcUrl(told)).toBe(address);
          versions.push(await currentVersion(`${stack}/units/rpc`));
        }
        expect(new Set(versions).size).toBe(3);
        expect(first.stdout + first.stderr + first.shown).not.toContain('planted-rpc-key');
      } finally {
        vi.unstubAllEnvs();
        await anvil.close();
      }
    });

    it('shows none of them in anything that others can see', () => {
      expect(world.runs.length).toBeGreaterThan(10);
      world.expectHidden();
    });
  },
);
