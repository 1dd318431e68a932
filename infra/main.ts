import { formatError } from '../lib/core/errors.ts';
import { loadManifests } from '../lib/files/load-manifests.ts';
import { readFleetConfig } from '../lib/fleet/read-config.ts';
import { synthesize } from './synth.ts';

// What `cdktf` runs, from the root: reads the configuration and the manifests, writes Terraform.
try {
  const config = readFleetConfig(process.env.KK_FLEET_CONFIG ?? 'infra/fleet.yaml');
  const manifests = await loadManifests([config.agentsFolder]);
  synthesize(
    config,
    manifests.map(({ metadata, spec }) => ({ name: metadata.name, role: spec.role })),
  );
} catch (error) {
  process.stderr.write(`${formatError(error)}\n`);
  process.exitCode = 1;
}
