import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Moto, startMoto } from '../support/moto.ts';
import { fleetConfig } from './support.ts';
import { missingForMoto, registerImage, run, Workbench } from './terraform.ts';

const missing = missingForMoto();
const ACCOUNT = '222222222222';
const AGENTS = ['kk-coordinator', 'kk-juanjumagalp', 'kk-validator'];
const ALLOWED = 2;
const LIMIT = {
  name: 'VcpuLimitExceeded',
  message: 'You have requested more vCPU capacity than your current vCPU limit of 4 allows',
};

describe.skipIf(missing !== '')(
  `npx cdktf at the root${missing === '' ? '' : ` (skipped: ${missing} not found)`}`,
  () => {
    let moto: Moto;
    let bench: Workbench;
    let stack = '';
    const cdktf = (...args: readonly string[]) => {
      const own = { KK_FLEET_CONFIG: join(bench.folder, 'fleet.yaml'), CI: '1', FORCE_COLOR: '0' };
      return run('npx', ['cdktf', ...args], { ...bench.env, ...own });
    };
    const deploy = () =>
      cdktf('deploy', 'fleet', '--auto-approve', '--skip-provider-lock', '--output', join(bench.folder, 'out'));
    const instances = async () => (await bench.listed(stack)).filter((address) => address.startsWith('aws_instance.'));

    beforeAll(async () => {
      moto = await startMoto(ACCOUNT);
      bench = await Workbench.start(moto.endpoint);
      const image = await registerImage(moto.endpoint);
      const without = { hub: { snapshotsKept: 0 }, alarms: { monthlyBudgetUsd: 0 } };
      const agentsFolder = join(bench.folder, 'agents');
      for (const agent of AGENTS) cpSync(join('agents', agent), join(agentsFolder, agent), { recursive: true });
      const config = fleetConfig({ accountId: ACCOUNT, ...without, machine: { image }, agentsFolder });
      writeFileSync(join(bench.folder, 'fleet.yaml'), JSON.stringify(config));
      // After making these, the provider looks at them for most of a minute; deploy.test.ts shows them made.
      const rules = { corpus_lifecycle: { count: 0 }, deliveries_lifecycle: { count: 0 } };
      stack = bench.prepare('out', config, { aws_s3_bucket_lifecycle_configuration: rules });
    });
    afterAll(async () => {
      await bench?.close();
      await moto?.close();
    });

    it('runs the CLI that infra pins', async () => {
      expect((await cdktf('--version')).stdout).toContain('0.21.0');
    });

    it('says what an apply left behind that came to a limit of the account, and which machines it left out', async () => {
      let left = ALLOWED;
      moto.refuse = (action) => (action === 'RunInstances' && left-- <= 0 ? LIMIT : undefined);
      const broken = await deploy();
      const text = broken.stdout + broken.stderr;
      expect(broken.code, text).not.toBe(0);
      expect(text).toContain(LIMIT.name);
      expect(broken.stderr).toContain('What Terraform had done by then stays done and is in its state');
      expect(broken.stderr).toContain('npx cdktf diff');
      const made = await instances();
      expect(made).toHaveLength(ALLOWED);
      for (const unit of ['hub', ...AGENTS]) {
        const address = `aws_instance.${unit}_instance`;
        // The CLI may say more of it in parentheses.
        expect(new RegExp(`with ${address}[ ,]`).test(text), text).toBe(!made.includes(address));
      }
    });

    it('makes the rest once the limit is raised, and touches nothing that was made', async () => {
      const made = await instances();
      moto.refuse = () => undefined;
      const whole = await deploy();
      expect(whole.code, whole.stdout + whole.stderr).toBe(0);
      expect(whole.stdout).toContain('0 changed, 0 destroyed');
      const all = await instances();
      expect(all).toHaveLength(1 + AGENTS.length);
      expect(all).toEqual(expect.arrayContaining([...made]));
    });
  },
);
