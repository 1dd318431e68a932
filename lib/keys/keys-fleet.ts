import { existsSync } from 'node:fs';
import { projectPath } from '../files/project.ts';
import type { Person } from '../fleet/fleet-config.ts';
import { namesOf } from '../fleet/fleet-names.ts';
import { readFleetConfig } from '../fleet/read-config.ts';
import { checkPrefix } from './options.ts';

/** How the command line says whose secrets are meant. */
export interface KeysFleetOptions {
  /** The fleet's configuration; infra/fleet.yaml where it is there. */
  readonly config?: string;
  readonly prefix?: string;
  readonly region?: string | undefined;
}

/** Whose secrets are meant. */
export interface KeysFleet {
  /** The beginning of the secrets' names. */
  readonly prefix: string;
  /** The SDK's own if absent. */
  readonly region?: string;
  readonly people: readonly Person[];
  /** Whether there is a configuration, which could name people. */
  readonly isConfigured: boolean;
  /** Whether a steward with a secret of its own is part of the fleet. */
  readonly steward: boolean;
}

/** The names that infra/ gives to the secrets of a fleet of the default name. */
const DEFAULT_PREFIX = 'karmakadabra/units/';

/**
 * What the fleet's configuration says of its secrets and people; what the command line says goes first.
 * @throws SwarmError `infra/no-config`, `infra/bad-config`, `swarm/bad-option`
 */
export function keysFleet({ config, prefix, region }: KeysFleetOptions): KeysFleet {
  const own = projectPath('infra/fleet.yaml');
  const file = config ?? (existsSync(own) ? own : undefined);
  if (file === undefined) {
    return {
      prefix: checkPrefix(prefix ?? DEFAULT_PREFIX),
      people: [],
      isConfigured: false,
      steward: false,
      ...(region === undefined ? {} : { region }),
    };
  }
  const fleet = readFleetConfig(file);
  return {
    prefix: checkPrefix(prefix ?? namesOf(fleet).secret('')),
    region: region ?? fleet.region,
    people: fleet.people,
    isConfigured: true,
    steward: fleet.steward,
  };
}
