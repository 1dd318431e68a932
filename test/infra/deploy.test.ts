import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { STEWARD } from '../../lib/core/ids.ts';
import type { FleetConfig } from '../../lib/fleet/fleet-config.ts';
import { inventorySchema } from '../../lib/fleet/fleet-inventory.ts';
import { HUB } from '../../lib/fleet/fleet-names.ts';
import { type Moto, startMoto } from '../support/moto.ts';
import { fleetConfig, NAMES, REPOSITORY } from './support.ts';
import { authorizationFor, callJson, missingForMoto, registerImage, run, Workbench } from './terraform.ts';

const missing = missingForMoto();
// What 24 agents are made of is in synth.test.ts, and validated whole in validate.test.ts: each is applied as these are.
const [BACK, ANEW, GONE, CAME] = [HUB, 'kk-a', 'kk-b', 'kk-newcomer'] as const;
const AGENTS = [ANEW, GONE];
const UNITS = [HUB, STEWARD, ...AGENTS];
const PLANTED = 'planted-secret-8f1c0e2d5b';
const BUCKET = 'kk-fleet-state';

// Absent from moto: snapshot policies (DLM) and the subscribers of a budget.
const WITHOUT = { hub: { snapshotsKept: 0 }, alarms: { monthlyBudgetUsd: 0 } };

const keys = z.looseObject({ Keys: z.array(z.looseObject({ KeyId: z.string() })) });
const described = z.looseObject({ KeyMetadata: z.looseObject({ KeyState: z.string(), Description: z.string() }) });
const restored = z.looseObject({ ARN: z.string() });

// One fleet from its first day to its last: each test goes on where the one before it ended.
describe.skipIf(missing !== '')(
  `deployed to the AWS API on loopback${missing === '' ? '' : ` (skipped: ${missing} not found)`}`,
  () => {
    let moto: Moto;
    let bench: Workbench;
    let image = '';
    let stack = '';
    let version = '';
    const config = (changes: Readonly<Record<string, unknown>> = {}): FleetConfig =>
      fleetConfig({ ...WITHOUT, steward: true, state: { kind: 's3', bucket: BUCKET }, machine: { image }, ...changes });
    const synth = (changes: Readonly<Record<string, unknown>>, names: readonly string[]) => {
      stack = bench.synth('fleet', config(changes), names);
    };
    const plan = (...more: readonly string[]) => bench.plan(stack, ...more);
    const apply = async () => {
      const said = await bench.terraform(stack, 'apply', '-input=false', 'plan.bin');
      expect(said.stderr).toBe('');
      return said.stdout;
    };
    const destroy = () => bench.terraform(stack, 'destroy', '-auto-approve', '-input=false', '-refresh=false');
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

    beforeAll(async () => {
      moto = await startMoto();
      bench = await Workbench.start(moto.endpoint);
      image = await registerImage(moto.endpoint);
    });
    afterAll(async () => {
      await bench?.close();
      await moto?.close();
    });

    it('has a bootstrap that makes the bucket of the state, and can be repeated', async () => {
      const file = join(bench.folder, 'fleet.yaml');
      writeFileSync(file, JSON.stringify(config({ images: 'pending' })));
      const bootstrap = () =>
        run(process.execPath, ['--import', 'tsx', 'infra/bootstrap.ts'], { ...bench.env, KK_FLEET_CONFIG: file });
      expect(await bootstrap()).toMatchObject({ code: 0, stdout: expect.stringContaining('Made the bucket') });
      expect(await bootstrap()).toMatchObject({ code: 0, stdout: expect.stringContaining('Checked the bucket') });
      // moto reads a bucket policy without its conditions, and so refuses everything where TLS is demanded.
      expect((await fetch(`${moto.endpoint}/${BUCKET}?policy`, { method: 'DELETE' })).ok).toBe(true);
    });

    it('applies agents, steward and hub, with their roles and secrets, and gives an inventory of them', async () => {
      synth({}, AGENTS);
      const init = await bench.terraform(stack, 'init', '-input=false', '-backend-config=use_path_style=true');
      expect(init.stderr).toBe('');
      expect(new Set((await plan()).values())).toEqual(new Set(['create']));
      expect(await apply()).toContain('0 changed, 0 destroyed');
      const made = UNITS.flatMap((unit) => [
        `aws_instance.${unit}_instance`,
        `aws_iam_role.${unit}_role`,
        `aws_secretsmanager_secret.${unit}_secret`,
      ]);
      expect(await bench.listed(stack)).toEqual(expect.arrayContaining(made));

      const said = await bench.terraform(stack, 'output', '-json', 'inventory');
      const inventory = inventorySchema.parse(JSON.parse(said.stdout));
      expect(inventory.hosts.map(({ host }) => host).sort()).toEqual([...UNITS].sort());
      expect(inventory.units.map(({ unit }) => unit).sort()).toEqual([...UNITS].sort());
      expect(inventory.hosts.every(({ instanceId }) => /^i-/.test(instanceId))).toBe(true);
    });

    it('plans no change the second time, and keeps the values of secrets out of state, plans and outputs', async () => {
      for (const unit of UNITS) {
        expect(await secret('PutSecretValue', unit, { SecretString: PLANTED })).toHaveProperty('VersionId');
      }
      expect([...(await plan())]).toEqual([]);
      const shown = await bench.terraform(stack, 'show', '-json', 'plan.bin');
      const state = await bench.terraform(stack, 'state', 'pull');
      for (const { stdout } of [shown, state]) {
        expect(stdout).toContain(NAMES.secret(HUB));
        expect(stdout).not.toContain(PLANTED);
      }
    });

    it('leaves agents alone when the configured image or system image changes: those are rolled', async () => {
      const images = {
        agent: `${REPOSITORY}/agent@sha256:${'c'.repeat(64)}`,
        hub: `${REPOSITORY}/hub@sha256:${'b'.repeat(64)}`,
      };
      synth({ images, machine: { image: 'ami-0fedcba9876543210' } }, AGENTS);
      expect([...(await plan('-refresh=false'))]).toEqual([]);
    });

    it('changes only the resources of a folder that went and of one that came', async () => {
      synth({}, [ANEW, CAME]);
      const changes = [...(await plan('-refresh=false'))];
      const actionsOf = (agent: string) =>
        new Set(changes.filter(([at]) => at.includes(`.${agent}_`)).map(([, it]) => it));
      expect([actionsOf(GONE), actionsOf(CAME)]).toEqual([new Set(['delete']), new Set(['create'])]);
      expect(changes.filter(([at]) => !at.includes(`.${GONE}_`) && !at.includes(`.${CAME}_`))).toEqual([]);
    });

    it('packs all agents onto one machine, each with its role and secret as before', async () => {
      const own = (all: readonly string[]) =>
        all.filter((at) =>
          new RegExp(`^aws_(secretsmanager_secret|iam_role)\\.(${ANEW}|${HUB})_(secret|role)$`).test(at),
        );
      const before = own(await bench.listed(stack));
      synth({ placement: 'packed' }, [ANEW, CAME]);
      const changes = [...(await plan('-refresh=false'))];
      const secrets = changes.filter(([at]) => at.startsWith('aws_secretsmanager_secret.')).map(([at]) => at);
      expect(secrets.filter((at) => !at.includes(GONE) && !at.includes(CAME))).toEqual([]);
      await apply();
      const after = await bench.listed(stack);
      expect(after.filter((address) => address.startsWith('aws_instance.')).sort()).toEqual([
        'aws_instance.hub_instance',
        `aws_instance.${STEWARD}_instance`,
        'aws_instance.pack_instance',
      ]);
      expect(own(after)).toEqual(before);
      expect(after.filter((address) => address.includes(GONE))).toEqual([]);
      expect([...(await plan())]).toEqual([]);
    });

    it('refuses credentials of another account', async () => {
      const other = bench.synth('other', fleetConfig({ ...WITHOUT, accountId: '999999999999' }), [ANEW]);
      await bench.terraform(other, 'init', '-input=false');
      const said = await bench.terraform(other, 'plan', '-input=false');
      expect(said.code).toBe(1);
      expect(said.stderr).toContain('AWS account ID not allowed');
    });

    it('keeps a corpus that is not empty when it is destroyed, and the key with it', async () => {
      expect((await corpus('?policy', 'DELETE')).ok).toBe(true);
      const put = await corpus(`/agents/${ANEW}/1`, 'PUT');
      version = put.headers.get('x-amz-version-id') ?? '';
      expect(version).not.toBe('');
      const said = await destroy();
      expect(said.code).toBe(1);
      expect(said.stderr).toContain('BucketNotEmpty');
      const left = await bench.listed(stack);
      expect(left).toEqual(expect.arrayContaining(['aws_s3_bucket.corpus', 'aws_cloudformation_stack.key']));
      expect(await keyStates()).toEqual(['Enabled']);
    });

    it('leaves its key in use for what outlives it, once all else is gone', async () => {
      expect((await corpus(`/agents/${ANEW}/1?versionId=${version}`, 'DELETE')).ok).toBe(true);
      expect((await destroy()).stderr).toBe('');
      expect(await bench.listed(stack)).toEqual([]);
      expect(await keyStates()).toEqual(['Enabled']);
    });

    it('comes back with the secrets that it had, or with new ones, and starts no machine without an image', async () => {
      synth({ images: 'pending', steward: false }, [ANEW]);
      const [back, anew] = [BACK, ANEW].map((unit) => `aws_secretsmanager_secret.${unit}_secret`);
      const { ARN } = restored.parse(await secret('RestoreSecret', BACK));
      const said = await bench.terraform(stack, 'import', '-input=false', back ?? '', ARN);
      expect(said.code, said.stderr).toBe(0);
      await secret('DeleteSecret', ANEW, { ForceDeleteWithoutRecovery: true });
      // The provider looks at the rules of a new bucket for most of a minute.
      const changes = await plan(`-target=${back}`, `-target=${anew}`);
      expect([changes.get(back ?? ''), changes.get(anew ?? '')]).toEqual(['update', 'create']);
      await apply();
      const rest = [...(await plan()).keys()];
      expect(rest.filter((address) => address === back || address === anew)).toEqual([]);
      expect(rest.filter((address) => address.startsWith('aws_instance.'))).toEqual([]);
    });
  },
);
