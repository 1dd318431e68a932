import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetConfig, shippedAgents } from './support.ts';
import { missingForTerraform, Workbench } from './terraform.ts';

const missing = missingForTerraform();

describe.skipIf(missing !== '')(`terraform${missing === '' ? '' : ` (skipped: ${missing} not found)`}`, () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.start();
  });
  afterAll(() => bench?.close());

  // Snapshots, a budget with subscribers and a NAT gateway; what deploy.test.ts applies needs no words here.
  it('finds the whole fleet valid, with what is applied nowhere else, and has made nothing without credentials', async () => {
    const stack = bench.synth('fleet', fleetConfig({ egress: 'nat-gateway' }), shippedAgents());
    expect(await bench.terraform(stack, 'init', '-input=false')).toMatchObject({ code: 0 });
    const said = await bench.terraform(stack, 'validate');
    expect(`${said.stdout}${said.stderr}`).toContain('The configuration is valid');

    const planned = await bench.terraform(stack, 'plan', '-input=false');
    expect(planned.code).toBe(1);
    expect(planned.stderr).toMatch(/No valid credential sources found/);
  });
});
