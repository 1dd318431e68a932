import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { SwarmError } from '../core/errors.ts';
import { type FleetConfig, parseConfig } from './fleet-config.ts';

/**
 * Reads the YAML file that describes the fleet.
 * @throws SwarmError `infra/no-config` when it isn't there, `infra/bad-config` when it can't be used.
 */
export function readFleetConfig(path: string): FleetConfig {
  if (!existsSync(path)) {
    throw new SwarmError({
      code: 'infra/no-config',
      disposition: 'stop',
      message: `There is no fleet configuration at ${path}`,
      next: 'Copy infra/fleet.example.yaml to infra/fleet.yaml and fill it in, or set KK_FLEET_CONFIG to the path of another file.',
    });
  }
  let value: unknown;
  try {
    value = parse(readFileSync(path, 'utf8'), { schema: 'core' });
  } catch (cause) {
    throw new SwarmError({
      code: 'infra/bad-config',
      disposition: 'stop',
      message: `${path} is not valid YAML`,
      next: 'Correct its syntax; infra/fleet.example.yaml shows how it should look.',
      cause,
    });
  }
  return parseConfig(value, path);
}
