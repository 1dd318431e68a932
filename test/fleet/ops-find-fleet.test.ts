import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { projectPath } from '../../lib/files/project.ts';
import { findFleet } from '../../lib/fleet/find-fleet.ts';
import { HUB, namesOf } from '../../lib/fleet/fleet-names.ts';
import { MISSING_MOTO, type Moto, startMoto } from '../support/moto.ts';

const PATIENCE_MS = 120_000;
const ACCOUNT = '555555555555';
/** As infra/fleet.example.yaml has them. */
const [STACK, REGION] = ['karmakadabra', 'us-east-1'];

describe.skipIf(MISSING_MOTO !== '')('the fleet of a folder (skipped without moto_server)', () => {
  let moto: Moto;
  let root: string;
  beforeAll(async () => {
    moto = await startMoto(ACCOUNT);
    const place = {
      region: REGION,
      endpoint: moto.direct,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    const [ec2, ssm] = [new EC2Client(place), new SSMClient(place)];
    const Tags = Object.entries({ Stack: STACK, Host: HUB }).map(([Key, Value]) => ({ Key, Value }));
    await ec2.send(
      new RunInstancesCommand({
        ImageId: 'ami-12c6146b',
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    );
    const names = namesOf({ stack: STACK, accountId: ACCOUNT, region: REGION });
    await ssm.send(new PutParameterCommand({ Name: `${names.unitsPath(HUB)}/${HUB}`, Value: '{}', Type: 'String' }));
    for (const client of [ec2, ssm]) client.destroy();
  }, PATIENCE_MS);
  afterAll(() => moto?.close());
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kk-find-'));
    for (const folder of ['bin', 'infra', 'cdktf.out/stacks/fleet/.terraform']) {
      await mkdir(join(root, folder), { recursive: true });
    }
    vi.stubEnv('PATH', [join(root, 'bin'), process.env.PATH].join(delimiter));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOPERATOROPERATOR');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'operator');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true, force: true });
  });

  const find = () => findFleet({ endpoint: moto.endpoint }, root);
  /** What `terraform` does here. */
  const terraform = async (...script: readonly string[]) => {
    await writeFile(join(root, 'bin/terraform'), ['#!/bin/sh', ...script, ''].join('\n'));
    await chmod(join(root, 'bin/terraform'), 0o755);
  };
  const REFUSED = ['echo "Error: No valid credential sources found" >&2', 'exit 1'];

  it('is found through AWS by its configuration where Terraform may not read its own state', {
    timeout: PATIENCE_MS,
  }, async () => {
    await terraform(...REFUSED);
    await copyFile(projectPath('infra/fleet.example.yaml'), join(root, 'infra/fleet.yaml'));
    const { fleet } = await find();
    expect(fleet).toMatchObject({ stack: STACK, region: REGION, units: [{ unit: HUB }] });
    expect(fleet.source).toContain('the account');
  });

  it('is what Terraform says where it may', { timeout: PATIENCE_MS }, async () => {
    await terraform('echo "{}"');
    await copyFile(projectPath('infra/fleet.example.yaml'), join(root, 'infra/fleet.yaml'));
    await expect(find()).rejects.toMatchObject({ code: 'fleet/bad-inventory' });
  });

  it('is not guessed without a configuration: then Terraform’s own words are the answer', {
    timeout: PATIENCE_MS,
  }, async () => {
    await terraform(...REFUSED);
    await expect(find()).rejects.toMatchObject({
      code: 'fleet/no-inventory',
      message: expect.stringContaining('No valid credential sources found'),
    });
  });
});
