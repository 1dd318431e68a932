import { SwarmError } from '../core/errors.ts';
import type { Person } from './fleet-config.ts';
import { namesOf } from './fleet-names.ts';
import { ownConfigFile } from './own-config.ts';
import { readFleetConfig } from './read-config.ts';

/** How the command line says whose secrets are meant. */
export interface FleetSecretsOptions {
  /** The fleet's configuration; infra/fleet.yaml where it is there. */
  readonly config?: string;
  readonly prefix?: string;
  readonly region?: string | undefined;
}

/** Where the secrets of a fleet are, and whom besides the agents they are for. */
export interface FleetSecrets {
  /** The beginning of the secrets' names. */
  readonly prefix: string;
  /** The SDK's own if undefined. */
  readonly region: string | undefined;
  readonly people: readonly Person[];
  /** Whether there is a configuration, which could name people. */
  readonly isConfigured: boolean;
  /** Whether a steward with a secret of its own is part of the fleet. */
  readonly steward: boolean;
}

/** The names that infra/ gives to the secrets of a fleet of the default name. */
const DEFAULT_PREFIX = 'karmakadabra/units/';

/**
 * Reads what the fleet's configuration says of its secrets and people; what the command line says goes first.
 * @throws SwarmError `infra/no-config`, `infra/bad-config`, `swarm/bad-option`
 */
export function readFleetSecrets({ config, prefix, region }: FleetSecretsOptions): FleetSecrets {
  const file = config ?? ownConfigFile();
  if (file === undefined) {
    return {
      prefix: checkPrefix(prefix ?? DEFAULT_PREFIX),
      region,
      people: [],
      isConfigured: false,
      steward: false,
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

function checkPrefix(prefix: string): string {
  if (/^(?:[A-Za-z0-9_+=.@-]+\/)+$/.test(prefix) && prefix.length <= 200) return prefix;
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: `--prefix ${JSON.stringify(prefix.slice(0, 80))} must be parts of letters, digits and _+=.@- that end in /`,
    next: 'See swarm-ops keys push --help. Nothing was changed.',
  });
}
