import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetConfig, shippedAgents } from './support.ts';
import { missingForTerraform, Workbench } from './terraform.ts';

const missing = missingForTerraform();

describe.skipIf(missing !== '')(`terraform${missing === '' ? '' : ` (skipped: ${missing} not found)`}`, () => {
  let bench: Workbench;
  beforeAll(() => {
    bench = new Workbench();
  });
  afterAll(() => bench.remove());

  it.each([
    ['dedicated', {}],
    ['packed', { placement: 'packed' }],
    ['pending', { images: 'pending' }],
    ['by a NAT gateway', { egress: 'nat-gateway' }],
    ['without snapshots and budget', { hub: { snapshotsKept: 0 }, alarms: { monthlyBudgetUsd: 0 } }],
  ] as const)('finds the fleet valid: %s', async (name, changes) => {
    const stack = bench.synth(name.replaceAll(' ', '-'), fleetConfig(changes), shippedAgents());
    expect(await bench.terraform(stack, 'init', '-input=false')).toMatchObject({ code: 0 });
    const said = await bench.terraform(stack, 'validate');
    expect(`${said.stdout}${said.stderr}`).toContain('The configuration is valid');
  });

  it('says so when there are no credentials, and has made nothing', async () => {
    const stack = bench.synth('dedicated', fleetConfig(), ['kk-a']);
    await bench.terraform(stack, 'init', '-input=false');
    const said = await bench.terraform(stack, 'plan', '-input=false');
    expect(said.code).toBe(1);
    expect(said.stderr).toMatch(/No valid credential sources found/);
  });
});
