import { SwarmError } from '../core/errors.ts';
import type { Person } from './fleet-config.ts';
import { namesOf } from './fleet-names.ts';
import { ownConfigFile } from './own-config.ts';
import { readFleetConfig } from './read-config.ts';

/** The options that say which fleet's secrets are meant. */
export interface FleetSecretsOptions {
  /** The fleet's configuration; by default infra/fleet.yaml, if it exists. */
  readonly config?: string;
  readonly prefix?: string;
  readonly region?: string | undefined;
}

/** Where the secrets of a fleet are, and which people and services besides the agents have one. */
export interface FleetSecrets {
  /** The beginning of the secrets' names. */
  readonly prefix: string;
  /** The default of the AWS SDK if undefined. */
  readonly region: string | undefined;
  readonly people: readonly Person[];
  /** Whether there is a configuration, which could name people. */
  readonly isConfigured: boolean;
  /** Whether a steward with a secret of its own is part of the fleet. */
  readonly steward: boolean;
}

/** The beginning of the secrets' names in a fleet with the default name. */
const DEFAULT_PREFIX = 'karmakadabra/units/';

/**
 * Reads from the fleet's configuration where its secrets are and who has one; options take precedence.
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
