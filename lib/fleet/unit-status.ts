import pMap from 'p-map';
import type { FleetUnit } from './fleet.ts';
import type { SendCommand } from './unit-command.ts';

/** The status of a unit's container, as its host reports it. */
export type UnitStatus =
  | {
      readonly isKnown: true;
      /** What it was started from: `registry/repository@sha256:…`. */
      readonly image: string;
      /** Docker's state: running, restarting, exited, … */
      readonly state: string;
      /** Docker's health: healthy, unhealthy, starting; empty without a health check. */
      readonly health: string;
      /** Tells one run of the container from another. */
      readonly startedAt: string;
    }
  | { readonly isKnown: false; readonly why: string };

/** How many units are asked at a time. */
const AT_ONCE = 8;
const LINE = /^(\S+) (\S+) (\S*) (\S+)$/;

/** Parses what `kk-units do status` prints. */
export function parseUnitStatus(text: string): UnitStatus {
  const [, image, state, health, startedAt] = LINE.exec(text.trim()) ?? [];
  if (image === undefined || state === undefined || health === undefined || startedAt === undefined) {
    return { isKnown: false, why: `its host answers ${JSON.stringify(text.trim().slice(0, 80))}` };
  }
  return { isKnown: true, image, state, health, startedAt };
}

/** Reads the status of a unit from its host. @throws what {@link SendCommand} throws. */
export async function readUnitStatus(
  sendCommand: SendCommand,
  unit: FleetUnit,
  signal?: AbortSignal,
): Promise<UnitStatus> {
  const outcome = await sendCommand('status', unit, signal);
  return outcome.ok ? parseUnitStatus(outcome.stdout) : { isKnown: false, why: outcome.why };
}

/** Reads the statuses of units from their hosts, by the unit's name. @throws what {@link SendCommand} throws. */
export async function readUnitStatuses(
  sendCommand: SendCommand,
  units: readonly FleetUnit[],
): Promise<ReadonlyMap<string, UnitStatus>> {
  const statuses = new Map<string, UnitStatus>();
  await pMap(
    units,
    async (unit) => {
      statuses.set(unit.unit, await readUnitStatus(sendCommand, unit));
    },
    { concurrency: AT_ONCE },
  );
  return statuses;
}

/** Whether the container runs and its health check passes. */
export function isHealthy(status: UnitStatus): boolean {
  return status.isKnown && status.state === 'running' && status.health === 'healthy';
}

/** Formats a status in a few words. */
export function describeStatus(status: UnitStatus): string {
  if (!status.isKnown) return status.why;
  return `${shortImage(status.image)} ${status.state}${status.health === '' ? '' : `, ${status.health}`}`;
}

/** Shortens an image to the first digits of its digest. */
export function shortImage(image: string): string {
  return /@sha256:([0-9a-f]{12})/.exec(image)?.[1] ?? image.slice(0, 40);
}
