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
import type { TellUnit } from './unit-command.ts';
import { isHealthy, readUnitStatuses } from './unit-status.ts';

/** What a person wants to roll. */
export interface RollWishes {
  /** Names of units; all if empty. */
  readonly names: readonly string[];
  /** Whether the hub is meant instead of the agents. */
  readonly isHub: boolean;
  /** A tag, a digest, or a whole reference; what the configuration names if undefined. */
  readonly image: string | undefined;
}

/** The units that are meant, and the image that they shall run, pinned by its digest. */
export interface RollTarget {
  readonly units: readonly FleetUnit[];
  readonly image: string;
}

/** What a roll would do: the units that have to change, in the order of the roll, out of so many. */
export interface RollPlan {
  readonly image: string;
  readonly work: readonly SeenUnit[];
  readonly seenCount: number;
}

/**
 * Finds the units and the image that a person means.
 * @throws SwarmError `swarm/bad-option`, `fleet/no-image`, `aws/…`.
 */
export async function findRollTarget(
  fleet: Fleet,
  ecr: ECRClient,
  { names, isHub, image }: RollWishes,
): Promise<RollTarget> {
  const all = fleet.units.filter(({ unit }) => (unit === HUB) === isHub);
  const units = names.length === 0 ? all : selectUnits({ ...fleet, units: all }, names);
  const repository = isHub ? fleet.repositories.hub : fleet.repositories.agent;
  return { units, image: await findImage(ecr, repository, image ?? configuredImage(units)) };
}

/** Looks at the units and says which have to change. @throws SwarmError `aws/…`, `fleet/no-document`. */
export async function planRoll(
  fleet: Fleet,
  ssm: SSMClient,
  tell: TellUnit,
  { units, image }: RollTarget,
  manifests: readonly Manifest[],
): Promise<RollPlan> {
  const parameters = await readHostParameters(ssm, fleet.stack);
  const statuses = await readUnitStatuses(tell, units);
  const seen = units.flatMap((unit): readonly SeenUnit[] => {
    const status = statuses.get(unit.unit);
    return status === undefined ? [] : [{ unit, parameter: parameters.get(unit.imageParameter) ?? '', status }];
  });
  return { image, work: unitsToRoll(rollOrder(seen, manifests), image), seenCount: seen.length };
}

/**
 * The record of a roll that is about to begin. Pure.
 * @param now seconds since 1970.
 * @throws SwarmError `fleet/no-image-parameter` for a unit of which nothing says what it runs: it could not be put back.
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
    message: 'Which image? What the configuration names is known only where the inventory of Terraform is',
    next: 'Give --image with a tag or a digest. Nothing was changed.',
  });
}

function refuseUnknown(work: readonly SeenUnit[]): void {
  const unknown = work.filter(({ parameter }) => parameter === '').map(({ unit }) => unit.unit);
  if (unknown.length === 0) return;
  throw new SwarmError({
    code: 'fleet/no-image-parameter',
    disposition: 'stop',
    message: `${unknown.join(', ')}: there is no parameter that says what they run`,
    next: 'npx cdktf deploy makes it; or name the other agents. Nothing was changed.',
  });
}
