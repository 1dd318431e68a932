import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Moto, startMoto } from '../support/moto.ts';
import { findProgram, fleetConfig } from './support.ts';
import { missingForMoto, missingForTerraform, run, Workbench } from './terraform.ts';

const PENDING = { images: 'pending', hub: { snapshotsKept: 0 }, alarms: { monthlyBudgetUsd: 0 } };

/** `npx cdktf` at the root, its output in a folder of its own. */
function cdktf(folder: string, env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const config = join(folder, 'fleet.yaml');
  writeFileSync(config, JSON.stringify(fleetConfig(PENDING)));
  const more = { KK_FLEET_CONFIG: config, CHECKPOINT_DISABLE: '1', CI: '1', FORCE_COLOR: '0' };
  return run('npx', ['cdktf', ...args, '--output', join(folder, 'out')], { ...env, ...more });
}

describe.skipIf(findProgram('terraform') === undefined)('npx cdktf at the root (skipped without terraform)', () => {
  it('synthesizes with the CLI that infra pins', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kk-launcher-'));
    try {
      const said = await cdktf(folder, process.env, 'synth');
      expect(said.code, said.stdout + said.stderr).toBe(0);
      expect(readFileSync(join(folder, 'out/stacks/fleet/cdk.tf.json'), 'utf8')).toContain('aws_ecr_repository');
      expect((await cdktf(folder, process.env, '--version')).stdout).toContain('0.21.0');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const missing = missingForMoto();

describe.skipIf(missing !== '')(
  `an apply that breaks off${missing === '' ? '' : ` (skipped: ${missing} not found)`}`,
  () => {
    let moto: Moto;
    let bench: Workbench;
    beforeAll(async () => {
      moto = await startMoto(findProgram('moto_server') ?? '');
      bench = new Workbench(moto.endpoint);
      expect(missingForTerraform()).toBe('');
    });
    afterAll(async () => {
      await moto?.close();
      bench?.remove();
    });

    it('says what a quota that was used up half-way left behind, and goes on when there is more', async () => {
      const stack = join(bench.folder, 'out/stacks/fleet');
      mkdirSync(stack, { recursive: true });
      // Loopback has no names for buckets; and by itself the provider takes a quota for a wish to slow down, 25 times.
      writeFileSync(
        join(stack, 'zz_override.tf.json'),
        JSON.stringify({ provider: { aws: [{ s3_use_path_style: true, max_retries: 1 }] } }),
      );
      let secrets = 0;
      moto.refuse = (action) =>
        action === 'CreateSecret' && secrets++ >= 10
          ? { name: 'LimitExceededException', message: 'You have reached the maximum number of secrets.' }
          : undefined;
      const broken = await cdktf(bench.folder, bench.env, 'deploy', 'fleet', '--auto-approve', '--skip-provider-lock');
      const text = broken.stdout + broken.stderr;
      expect(broken.code, text).not.toBe(0);
      expect(text).toContain('You have reached the maximum number of secrets');
      expect(broken.stderr).toContain('What Terraform had done by then stays done and is in its state');
      expect(broken.stderr).toContain('npx cdktf diff');

      const kept = (await bench.terraform(stack, 'state', 'list')).stdout.match(/aws_secretsmanager_secret\./g) ?? [];
      expect(kept).toHaveLength(10);

      moto.refuse = () => undefined;
      const whole = await cdktf(bench.folder, bench.env, 'deploy', 'fleet', '--auto-approve', '--skip-provider-lock');
      expect(whole.code, whole.stdout + whole.stderr).toBe(0);
      const all = (await bench.terraform(stack, 'state', 'list')).stdout.match(/aws_secretsmanager_secret\./g) ?? [];
      expect(all).toHaveLength(25);
    });
  },
);
