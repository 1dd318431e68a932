import { App } from 'cdktf';
import type { FleetConfig } from '../lib/fleet/fleet-config.ts';
import { createFleet, type FleetAgent } from './fleet-stack.ts';

/** Writes the Terraform of a fleet (`<outdir>/stacks/fleet/cdk.tf.json`). */
export function synthesize(config: FleetConfig, agents: readonly FleetAgent[], outdir?: string): void {
  const app = new App(outdir === undefined ? {} : { outdir });
  createFleet(app, config, agents);
  app.synth();
}
