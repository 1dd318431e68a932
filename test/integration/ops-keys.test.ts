import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { mnemonicToAccount, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAccounts } from '../../lib/core/hub-accounts.ts';
import { verifyPassword } from '../../lib/core/password.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import {
  createKeyWorld,
  hasSecretsManager,
  KEY_AGENTS,
  KEYS_CREDENTIALS,
  KEYS_PATIENCE_MS,
  type KeyWorld,
  passwordIn,
} from '../support/key-world.ts';
import { swarmOps } from '../support/swarm-ops.ts';

describe.skipIf(!hasSecretsManager)('the keys of a fleet in Secrets Manager (skipped without moto_server)', () => {
  let world: KeyWorld;

  beforeAll(async () => {
    world = await createKeyWorld();
  });
  afterAll(() => world?.close());
  beforeEach(() => world.nextFleet());

  /** Whether the hub's secret holds a hash of the password in each of these agents' secrets, and no password. */
  async function itsHubKnows(agentNames: readonly string[]): Promise<void> {
    const text = await world.textOf('hub');
    const accounts = parseAccounts(text);
    expect(accounts).toHaveLength(KEY_AGENTS.length + 2);
    for (const name of agentNames) {
      const password = passwordIn(await world.secretOf(name));
      const hash = accounts.find(({ account }) => account === name)?.passwordHash ?? '';
      expect(await verifyPassword(password, hash)).toBe(true);
      expect(text).not.toContain(password);
    }
  }

  it('shows in a dry run what it would do, and does nothing', { timeout: KEYS_PATIENCE_MS }, async () => {
    const run = await world.keys(['push', '--prefix', world.prefix(), '--dry-run', '--json']);
    expect(run.code, run.stderr).toBe(0);
    const { items } = JSON.parse(run.stdout) as { items: { action: string; done: boolean }[] };
    // The agents and the hub.
    expect(items).toHaveLength(7);
    expect(new Set(items.map(({ action, done }) => `${action} ${done}`))).toEqual(new Set(['create false']));
    expect(await world.names()).toEqual([]);
  });

  it('goes on after a quota was used up half-way, keeping what was written', {
    timeout: KEYS_PATIENCE_MS,
  }, async () => {
    let created = 0;
    world.moto.refuse = (action) => {
      if (action !== 'CreateSecret' || created++ < 3) return undefined;
      return { name: 'LimitExceededException', message: 'You have reached the maximum number of secrets.' };
    };
    const first = await world.push();
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('3 of 7 secrets are written and stay; 4 are not');
    expect(first.stderr).toContain('aws/quota-exceeded');
    expect(await world.names()).toHaveLength(3);
    const kept = await world.secretOf('kk-coordinator');

    const halfWay = await world.check();
    expect(halfWay.code).toBe(1);
    expect(halfWay.stdout).toContain('5 of 7 are not right');

    world.moto.refuse = () => undefined;
    const second = await world.push();
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toContain('Wrote 5 secrets');
    expect(await world.names()).toHaveLength(7);
    expect(await world.secretOf('kk-coordinator')).toEqual(kept);
    const seeds = new Set<string>();
    for (const { metadata, spec } of await loadManifests([world.agents])) {
      const secret = await world.secretOf(metadata.name);
      expect(privateKeyToAddress(secret.privateKey).toLowerCase()).toBe(spec.wallet.address);
      seeds.add(secret.deliverySeed);
      // Only the seller of the logs may make pseudonyms.
      expect('pseudonymKey' in secret).toBe(metadata.name === 'kk-karma-hello');
    }
    expect(seeds.size).toBe(KEY_AGENTS.length);

    const whole = await world.check();
    expect(whole.code, whole.stdout).toBe(0);
    expect((await world.push()).stdout).toContain('Nothing to do.');

    // The policy of a secret in a fleet lets nobody but its agent read it.
    const before = await world.secretOf('kk-validator');
    world.moto.refuse = (action) =>
      action === 'GetSecretValue' ? { name: 'AccessDeniedException', message: 'no' } : undefined;
    const closed = await world.check('--no-mnemonic', '--json');
    expect(closed.code, closed.stdout).toBe(0);
    const { items } = JSON.parse(closed.stdout) as { items: { finding: string }[] };
    expect(new Set(items.map(({ finding }) => finding))).toEqual(new Set(['labelled']));
    const rotated = await world.push('--rotate', 'kk-validator');
    expect(rotated.code, rotated.stderr).toBe(0);
    expect(world.moto.calls).toContain('PutSecretValue');
    expect((await world.check('--json')).code).toBe(0);

    world.moto.refuse = () => undefined;
    const after = await world.secretOf('kk-validator');
    expect({ ...after, hub: before.hub }).toEqual(before);
    expect(after.hub).not.toEqual(before.hub);
    await itsHubKnows(['kk-validator', 'kk-coordinator', 'kk-karma-hello']);
  });

  it('fills what infrastructure made empty, and overwrites only what it is told to', {
    timeout: KEYS_PATIENCE_MS,
  }, async () => {
    await world.client.send(new CreateSecretCommand({ Name: `${world.prefix()}kk-validator` }));
    const plan = await world.keys(['push', '--prefix', world.prefix(), '--dry-run', '--json']);
    const { items } = JSON.parse(plan.stdout) as { items: { name: string; action: string }[] };
    expect(items.find(({ name }) => name === 'kk-validator')?.action).toBe('fill');
    expect((await world.push()).code).toBe(0);

    // Somebody adds a field; another wallet gets in by mistake.
    const before = await world.secretOf('kk-validator');
    const strange = {
      ...before,
      privateKey: (await world.secretOf('kk-coordinator')).privateKey,
      rpcUrl: 'https://rpc.example/k',
    };
    await world.client.send(
      new PutSecretValueCommand({ SecretId: `${world.prefix()}kk-validator`, SecretString: JSON.stringify(strange) }),
    );
    const wrong = await world.check();
    expect(wrong.code).toBe(1);
    // The wallet is another, and nobody can say by which password the hub should know it.
    expect(wrong.stdout).toContain('2 of 7 are not right');
    const foreign = await world.push();
    expect([foreign.code, foreign.stderr]).toEqual([1, expect.stringContaining('was not written by this program')]);

    const rotated = await world.push('--rotate', 'kk-validator');
    expect(rotated.code, rotated.stderr).toBe(0);
    expect(rotated.stdout).toContain('Wrote 2 secrets');
    // Where the value may be read, what somebody added stays.
    const mended = await world.secretOf('kk-validator');
    expect(mended).toEqual({ ...before, hub: mended.hub, rpcUrl: 'https://rpc.example/k' });

    const fresh = await world.push('--rotate', 'kk-validator', '--fresh-seed');
    expect(fresh.code, fresh.stderr).toBe(0);
    const after = await world.secretOf('kk-validator');
    expect(after.privateKey).toBe(before.privateKey);
    expect(after.deliverySeed).not.toBe(before.deliverySeed);
    expect((await world.check()).code).toBe(0);
  });

  it('says what is wrong with credentials, and changes nothing', { timeout: KEYS_PATIENCE_MS }, async () => {
    const absent = await world.keys(['push', '--prefix', world.prefix(), '--yes'], {});
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('aws/no-credentials')]);

    world.moto.refuse = () => ({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
    const expired = await world.push();
    expect([expired.code, expired.stderr]).toEqual([1, expect.stringContaining('aws/credentials-refused')]);
    world.moto.refuse = () => undefined;
    expect(await world.names()).toEqual([]);
  });

  it('says what is wrong with names, prefixes and endpoints, and changes nothing', {
    timeout: KEYS_PATIENCE_MS,
  }, async () => {
    const typo = await world.push('--rotate', 'kk-validatr');
    expect([typo.code, typo.stderr]).toEqual([2, expect.stringContaining('did you mean kk-validator?')]);
    const bad = await world.keys(['push', '--prefix', 'no end', '--yes']);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('--prefix')]);
    const alone = await world.keys(['push', '--prefix', world.prefix()]);
    expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('swarm/not-confirmed')]);
    const clear = await swarmOps(
      [
        'keys',
        'push',
        '--agents',
        world.agents,
        '--mnemonic-fd',
        '3',
        '--region',
        'us-east-1',
        '--endpoint',
        'http://aws.example',
        '--yes',
      ],
      { fd3: world.mnemonic, env: KEYS_CREDENTIALS },
    );
    expect([clear.code, clear.stderr]).toEqual([1, expect.stringContaining('aws/insecure-endpoint')]);
    expect(await world.names()).toEqual([]);
  });

  it('shows no key, mnemonic or credential in anything that others can see', {
    timeout: KEYS_PATIENCE_MS,
  }, async () => {
    expect(world.runs.length).toBeGreaterThan(15);
    world.expectHidden();
    const manifests = await loadManifests([world.agents]);
    const texts = manifests.map(({ metadata }) => readFile(join(world.agents, metadata.name, 'manifest.yaml'), 'utf8'));
    world.expectHidden((await Promise.all(texts)).join('\n'));
    expect(mnemonicToAccount(world.mnemonic).address.toLowerCase()).toBe(manifests[0]?.spec.wallet.address);
  });
});
