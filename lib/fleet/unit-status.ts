import pMap from 'p-map';
import type { FleetUnit } from './fleet.ts';
import type { TellUnit } from './unit-command.ts';

/** How a unit's container is, by what its host says. */
export type UnitStatus =
  | {
      readonly isKnown: true;
      /** What it was started from: `registry/repository@sha256:…`. */
      readonly image: string;
      /** Docker's word: running, restarting, exited, … */
      readonly state: string;
      /** Docker's verdict of its health check: healthy, unhealthy, starting; empty without one. */
      readonly health: string;
      /** Tells one run of the container from another. */
      readonly startedAt: string;
    }
  | { readonly isKnown: false; readonly why: string };

/** How many units are asked at a time. */
const AT_ONCE = 8;
const LINE = /^(\S+) (\S+) (\S*) (\S+)$/;

/** Reads what `kk-units do status` prints. */
export function parseUnitStatus(text: string): UnitStatus {
  const [, image, state, health, startedAt] = LINE.exec(text.trim()) ?? [];
  if (image === undefined || state === undefined || health === undefined || startedAt === undefined) {
    return { isKnown: false, why: `its host says ${JSON.stringify(text.trim().slice(0, 80))}` };
  }
  return { isKnown: true, image, state, health, startedAt };
}

/** Asks a unit's host how its container is. @throws what {@link TellUnit} throws. */
export async function readUnitStatus(tell: TellUnit, unit: FleetUnit, signal?: AbortSignal): Promise<UnitStatus> {
  const outcome = await tell('status', unit, signal);
  return outcome.ok ? parseUnitStatus(outcome.stdout) : { isKnown: false, why: outcome.why };
}

/** Asks the hosts of units how their containers are, by the unit's name. @throws what {@link TellUnit} throws. */
export async function readUnitStatuses(
  tell: TellUnit,
  units: readonly FleetUnit[],
): Promise<ReadonlyMap<string, UnitStatus>> {
  const statuses = new Map<string, UnitStatus>();
  await pMap(
    units,
    async (unit) => {
      statuses.set(unit.unit, await readUnitStatus(tell, unit));
    },
    { concurrency: AT_ONCE },
  );
  return statuses;
}

/** Whether the container runs and its health check says that the agent beats. */
export function isHealthy(status: UnitStatus): boolean {
  return status.isKnown && status.state === 'running' && status.health === 'healthy';
}

/** A status in a few words. */
export function describeStatus(status: UnitStatus): string {
  if (!status.isKnown) return status.why;
  return `${shortImage(status.image)} ${status.state}${status.health === '' ? '' : `, ${status.health}`}`;
}

/** An image in a few letters: the first digits of its digest. */
export function shortImage(image: string): string {
  return /@sha256:([0-9a-f]{12})/.exec(image)?.[1] ?? image.slice(0, 40);
}
