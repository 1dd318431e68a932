import type { ECRClient } from '@aws-sdk/client-ecr';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { SwarmError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import { formatIso } from '../core/time.ts';
import { findImage } from './find-image.ts';
import type { Fleet, FleetUnit } from './fleet.ts';
import { HUB } from './fleet-names.ts';
import { readHostParameters } from './parameters.ts';
import { rollOrder, type SeenUnit, unitsToRoll } from './roll-plan.ts';
import type { RollRecord } from './roll-record.ts';
import { selectUnits } from './select-units.ts';
import type { SendCommand } from './unit-command.ts';
import { isHealthy, readUnitStatuses } from './unit-status.ts';

/** Which units the operator wants to roll, and to which image. */
export interface RollRequest {
  /** Names of units; all if empty. */
  readonly names: readonly string[];
  /** Whether the hub is rolled instead of the agents. */
  readonly isHub: boolean;
  /** A tag, a digest, or a whole reference; the configured image if undefined. */
  readonly image: string | undefined;
}

/** The selected units, and the image that they are to run, pinned by its digest. */
export interface RollTarget {
  readonly units: readonly FleetUnit[];
  readonly image: string;
}

/** What a roll would do: the units that have to change, in the order of the roll, and how many units were checked. */
export interface RollPlan {
  readonly image: string;
  readonly work: readonly SeenUnit[];
  readonly seenCount: number;
}

/**
 * Finds the units and the image that were asked for.
 * @throws SwarmError `swarm/bad-option`, `fleet/no-image`, `aws/…`.
 */
export async function findRollTarget(
  fleet: Fleet,
  ecr: ECRClient,
  { names, isHub, image }: RollRequest,
): Promise<RollTarget> {
  const all = fleet.units.filter(({ unit }) => (unit === HUB) === isHub);
  const units = names.length === 0 ? all : selectUnits({ ...fleet, units: all }, names);
  const repository = isHub ? fleet.repositories.hub : fleet.repositories.agent;
  return { units, image: await findImage(ecr, repository, image ?? configuredImage(units)) };
}

/** Reads the state of the units and says which have to change. @throws SwarmError `aws/…`, `fleet/no-document`. */
export async function planRoll(
  fleet: Fleet,
  ssm: SSMClient,
  sendCommand: SendCommand,
  { units, image }: RollTarget,
  manifests: readonly Manifest[],
): Promise<RollPlan> {
  const parameters = await readHostParameters(ssm, fleet.stack);
  const statuses = await readUnitStatuses(sendCommand, units);
  const seen = units.flatMap((unit): readonly SeenUnit[] => {
    const status = statuses.get(unit.unit);
    return status === undefined ? [] : [{ unit, parameter: parameters.get(unit.imageParameter) ?? '', status }];
  });
  return { image, work: unitsToRoll(rollOrder(seen, manifests), image), seenCount: seen.length };
}

/**
 * The record of a roll that is about to begin. Pure.
 * @param now seconds since 1970.
 * @throws SwarmError `fleet/no-image-parameter` for a unit without a parameter that says what it runs: it could not be rolled
 * back.
 */
export function beginRoll(fleet: Fleet, { image, work }: RollPlan, batch: number, now: number): RollRecord {
  refuseUnknown(work);
  return {
    apiVersion: 'karmakadabra/v1',
    kind: 'Roll',
    stack: fleet.stack,
    accountId: fleet.accountId,
    region: fleet.region,
    image,
    startedAt: formatIso(now),
    phase: 'forward',
    batch,
    units: work.map(({ unit, parameter, status }) => ({
      unit: unit.unit,
      from: parameter,
      wasHealthy: isHealthy(status),
      state: 'waiting',
    })),
  };
}

function configuredImage(units: readonly FleetUnit[]): string {
  const [image, ...others] = new Set(units.map(({ configuredImage }) => configuredImage));
  if (image !== undefined && others.length === 0) return image;
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: 'No image is given, and the configured one is known only where the inventory of Terraform is',
    next: 'Give --image with a tag or a digest. Nothing was changed.',
  });
}

function refuseUnknown(work: readonly SeenUnit[]): void {
  const unknown = work.filter(({ parameter }) => parameter === '').map(({ unit }) => unit.unit);
  if (unknown.length === 0) return;
  throw new SwarmError({
    code: 'fleet/no-image-parameter',
    disposition: 'stop',
    message: `${unknown.join(', ')}: no parameter says which image they run`,
    next: 'npx cdktf deploy creates it; or name the other agents only. Nothing was changed.',
  });
}
