import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FleetConfig } from '../../lib/core/fleet-config.ts';
import { inventorySchema } from '../../lib/core/fleet-inventory.ts';
import { fleetConfig, NAMES, REPOSITORY, shippedAgents } from './support.ts';
import { callJson, callQuery, changesOf, type Moto, missingForMoto, run, startMoto, Workbench } from './terraform.ts';

const missing = missingForMoto();
const agents = shippedAgents();
const PLANTED = 'planted-secret-8f1c0e2d5b';
const BUCKET = 'kk-fleet-state';

// Absent from moto: snapshot policies (DLM) and the subscribers of a budget. Both are validated and synthesized elsewhere.
const WITHOUT = { hub: { snapshotsKept: 0 }, alarms: { monthlyBudgetUsd: 0 }, recoverDeletedSecretsDays: 0 };

describe.skipIf(missing !== '')(
  `deployed to the AWS API on loopback${missing === '' ? '' : ` (skipped: ${missing} not found)`}`,
  () => {
    let moto: Moto;
    let bench: Workbench;
    let ami = '';
    let stack = '';
    const config = (changes: Readonly<Record<string, unknown>> = {}): FleetConfig =>
      fleetConfig({ ...WITHOUT, state: { kind: 's3', bucket: BUCKET }, machine: { image: ami }, ...changes });
    const synth = (changes: Readonly<Record<string, unknown>>, names: readonly string[]) => {
      stack = bench.synth('fleet', config(changes), names);
    };
    const plan = async (...more: readonly string[]) => {
      const said = await bench.terraform(stack, 'plan', '-input=false', '-out=plan.bin', ...more);
      expect(said.stderr).toBe('');
      const shown = await bench.terraform(stack, 'show', '-json', 'plan.bin');
      return changesOf(shown.stdout);
    };
    const apply = async () => {
      const said = await bench.terraform(stack, 'apply', '-input=false', 'plan.bin');
      expect(said.stderr).toBe('');
      return said.stdout;
    };
    const listed = async () =>
      z.array(z.string()).parse((await bench.terraform(stack, 'state', 'list')).stdout.trim().split('\n'));
    const stateText = async () => (await bench.terraform(stack, 'state', 'pull')).stdout;

    beforeAll(async () => {
      moto = await startMoto();
      bench = new Workbench(moto.endpoint);
      const said = await callQuery(moto.endpoint, 'ec2', {
        Action: 'RegisterImage',
        Version: '2016-11-15',
        Name: 'kk',
        Architecture: 'arm64',
        RootDeviceName: '/dev/xvda',
      });
      ami = /<imageId>(ami-[0-9a-f]+)</.exec(said)?.[1] ?? '';
    });
    afterAll(async () => {
      await moto?.stop();
      bench?.remove();
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

    it('applies 24 agents and the hub, with their roles and secrets', async () => {
      synth({}, agents);
      const init = await bench.terraform(stack, 'init', '-input=false', '-backend-config=use_path_style=true');
      expect(init.stderr).toBe('');
      const changes = await plan();
      expect(new Set(changes.values())).toEqual(new Set(['create']));
      expect(await apply()).toContain('0 changed, 0 destroyed');
      const all = await listed();
      for (const unit of ['hub', ...agents]) {
        expect(all).toEqual(
          expect.arrayContaining([
            `aws_instance.${unit}_instance`,
            `aws_iam_role.${unit}_role`,
            `aws_secretsmanager_secret.${unit}_secret`,
          ]),
        );
      }
    });

    it('plans no change the second time', async () => {
      expect([...(await plan('-detailed-exitcode'))]).toEqual([]);
    });

    it('gives an inventory of what is there', async () => {
      const said = await bench.terraform(stack, 'output', '-json', 'inventory');
      const inventory = inventorySchema.parse(JSON.parse(said.stdout));
      expect(inventory.hosts).toHaveLength(25);
      expect(inventory.units.map(({ unit }) => unit).sort()).toEqual(['hub', ...agents].sort());
      expect(inventory.hosts.every(({ instanceId }) => /^i-/.test(instanceId))).toBe(true);
    });

    it('keeps the values of secrets out of state, plans and outputs', async () => {
      const put = (SecretId: string) =>
        callJson(moto.endpoint, 'secretsmanager', 'secretsmanager.PutSecretValue', { SecretId, SecretString: PLANTED });
      for (const unit of ['hub', ...agents]) expect(await put(NAMES.secret(unit))).toHaveProperty('VersionId');
      expect([...(await plan('-refresh=true'))]).toEqual([]);
      const shown = (await bench.terraform(stack, 'show', '-json', 'plan.bin')).stdout;
      expect(shown).not.toContain(PLANTED);
      expect(await stateText()).not.toContain(PLANTED);
    });

    it('leaves agents alone when the configured image or system image changes: those are rolled', async () => {
      const images = {
        agent: `${REPOSITORY}/agent@sha256:${'c'.repeat(64)}`,
        hub: `${REPOSITORY}/hub@sha256:${'b'.repeat(64)}`,
      };
      synth({ images, machine: { image: 'ami-0fedcba9876543210' } }, agents);
      expect([...(await plan())].filter(([address]) => !address.startsWith('output.'))).toEqual([]);
    });

    it('changes only the resources of a folder that went and of one that came', async () => {
      const without = agents.filter((agent) => agent !== 'kk-validator');
      synth({}, [...without, 'kk-newcomer']);
      const changes = await plan();
      expect(
        [...changes].every(
          ([address, actions]) =>
            (address.includes('.kk-validator_') && actions === 'delete') ||
            (address.includes('.kk-newcomer_') && actions === 'create'),
        ),
      ).toBe(true);
      expect(changes.size).toBeGreaterThan(20);
      await apply();
      const all = await listed();
      expect(all.filter((address) => address.includes('kk-validator'))).toEqual([]);
      expect(all).toContain('aws_instance.kk-newcomer_instance');
    });

    it('packs all agents onto one machine, each with its role and secret as before', async () => {
      const before = await listed();
      const kept = (all: readonly string[]) =>
        all.filter(
          (address) =>
            /^aws_(secretsmanager_secret|iam_role)\..*_(secret|role)$/.test(address) && !address.includes('_host_role'),
        );
      synth({ placement: 'packed' }, [...agents.filter((agent) => agent !== 'kk-validator'), 'kk-newcomer']);
      const changes = await plan();
      expect(
        [...changes].filter(
          ([address, actions]) => address.startsWith('aws_secretsmanager_secret.') && actions !== 'no-op',
        ),
      ).toEqual([]);
      await apply();
      const after = await listed();
      expect(after.filter((address) => address.startsWith('aws_instance.')).sort()).toEqual([
        'aws_instance.hub_instance',
        'aws_instance.pack_instance',
      ]);
      expect(kept(after)).toEqual(kept(before));
      expect([...(await plan())]).toEqual([]);
    });

    it('adds a steward beside what is there, and plans nothing more', async () => {
      synth({ placement: 'packed', steward: true }, [
        ...agents.filter((agent) => agent !== 'kk-validator'),
        'kk-newcomer',
      ]);
      const changes = [...(await plan())].filter(([address]) => !address.startsWith('output.'));
      expect(changes.length).toBeGreaterThan(8);
      for (const [address, actions] of changes) {
        expect([address.includes('.kk-steward_'), actions]).toEqual([true, 'create']);
      }
      await apply();
      expect(await listed()).toContain('aws_instance.kk-steward_instance');
      expect([...(await plan())]).toEqual([]);
    });

    it('refuses credentials of another account', async () => {
      const other = bench.synth('other', fleetConfig({ ...WITHOUT, accountId: '999999999999' }), ['kk-a']);
      await bench.terraform(other, 'init', '-input=false');
      const said = await bench.terraform(other, 'plan', '-input=false');
      expect(said.code).toBe(1);
      expect(said.stderr).toContain('AWS account ID not allowed');
    });

    it('destroys what it made', async () => {
      const said = await bench.terraform(stack, 'destroy', '-auto-approve', '-input=false');
      expect(said.stderr).toBe('');
      expect((await bench.terraform(stack, 'state', 'list')).stdout.trim()).toBe('');
    });
  },
);
