import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HUB } from '../../lib/core/fleet-names.ts';
import { fleetConfig, NAMES } from './support.ts';
import { authorizationFor, callJson, changesOf, type Moto, missingForMoto, startMoto, Workbench } from './terraform.ts';

const missing = missingForMoto();
const [BACK, ANEW] = [HUB, 'kk-a'] as const;
const keys = z.looseObject({ Keys: z.array(z.looseObject({ KeyId: z.string() })) });
const described = z.looseObject({
  KeyMetadata: z.looseObject({ KeyState: z.string(), Description: z.string() }),
});
const restored = z.looseObject({ ARN: z.string() });

describe.skipIf(missing !== '')(
  `a fleet that is destroyed${missing === '' ? '' : ` (skipped: ${missing} not found)`}`,
  () => {
    let moto: Moto;
    let bench: Workbench;
    let stack = '';
    let version = '';
    const terraform = (...args: readonly string[]) => bench.terraform(stack, ...args);
    const corpus = (path: string, method: string) =>
      fetch(`${moto.endpoint}/${NAMES.corpus}${path}`, {
        method,
        headers: { authorization: authorizationFor('s3') },
        ...(method === 'PUT' ? { body: 'chat' } : {}),
      });
    const secret = (action: string, unit: string, more: Readonly<Record<string, unknown>> = {}) =>
      callJson(moto.endpoint, 'secretsmanager', `secretsmanager.${action}`, { SecretId: NAMES.secret(unit), ...more });
    /** The states of the keys that fleets have made. */
    const keyStates = async () => {
      const kms = (action: string, body: unknown) => callJson(moto.endpoint, 'kms', `TrentService.${action}`, body);
      const all = keys.parse(await kms('ListKeys', {})).Keys;
      const found = await Promise.all(
        all.map(async ({ KeyId }) => described.parse(await kms('DescribeKey', { KeyId })).KeyMetadata),
      );
      return found.filter(({ Description }) => Description.startsWith('karmakadabra:')).map(({ KeyState }) => KeyState);
    };
    const plan = async () => {
      expect((await terraform('plan', '-input=false', '-out=plan.bin')).stderr).toBe('');
      return changesOf((await terraform('show', '-json', 'plan.bin')).stdout);
    };
    const apply = () => terraform('apply', '-auto-approve', '-input=false');
    const destroy = () => terraform('destroy', '-auto-approve', '-input=false');

    beforeAll(async () => {
      moto = await startMoto();
      bench = new Workbench(moto.endpoint);
      const config = { images: 'pending', hub: { snapshotsKept: 0 }, alarms: { monthlyBudgetUsd: 0 } };
      stack = bench.synth('fleet', fleetConfig(config), [ANEW]);
      expect((await terraform('init', '-input=false')).stderr).toBe('');
      expect((await apply()).stderr).toBe('');
    });
    afterAll(async () => {
      await moto?.stop();
      bench?.remove();
    });

    it('plans no change of its key the second time', async () => {
      expect([...(await plan())]).toEqual([]);
    });

    it('keeps a corpus that is not empty, and the key with it', async () => {
      // moto reads a bucket policy without its conditions, and so refuses everything where TLS is demanded.
      expect((await corpus('?policy', 'DELETE')).ok).toBe(true);
      const put = await corpus('/agents/kk-a/1', 'PUT');
      version = put.headers.get('x-amz-version-id') ?? '';
      expect(version).not.toBe('');
      const said = await destroy();
      expect(said.code).toBe(1);
      expect(said.stderr).toContain('BucketNotEmpty');
      const left = (await terraform('state', 'list')).stdout.trim().split('\n');
      expect(left).toContain('aws_s3_bucket.corpus');
      expect(left).toContain('aws_cloudformation_stack.key');
      expect(await keyStates()).toEqual(['Enabled']);
    });

    it('leaves its key in use for what outlives it, once all else is gone', async () => {
      expect((await corpus(`/agents/kk-a/1?versionId=${version}`, 'DELETE')).ok).toBe(true);
      expect((await destroy()).stderr).toBe('');
      expect((await terraform('state', 'list')).stdout.trim()).toBe('');
      expect(await keyStates()).toEqual(['Enabled']);
    });

    it('comes back with the secrets that it had, or with new ones', async () => {
      const { ARN } = restored.parse(await secret('RestoreSecret', BACK));
      const said = await terraform('import', '-input=false', `aws_secretsmanager_secret.${BACK}_secret`, ARN);
      expect(said.code, said.stderr).toBe(0);
      await secret('DeleteSecret', ANEW, { ForceDeleteWithoutRecovery: true });
      const changes = await plan();
      expect(changes.get(`aws_secretsmanager_secret.${ANEW}_secret`)).toBe('create');
      expect(changes.get(`aws_secretsmanager_secret.${BACK}_secret`)).toBe('update');
      expect((await apply()).stderr).toBe('');
      expect([...(await plan())]).toEqual([]);
    });
  },
);
