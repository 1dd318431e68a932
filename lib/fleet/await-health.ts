import { setTimeout as delay } from 'node:timers/promises';
import type { FleetUnit } from './fleet.ts';
import type { TellUnit } from './unit-command.ts';
import { describeStatus, isHealthy, readUnitStatus, type UnitStatus } from './unit-status.ts';

/** How long to wait for a unit, and how often to look, in milliseconds. */
export interface Patience {
  readonly waitMs: number;
  readonly lookMs: number;
}

/** What is waited for: `why` says what is still missing, as in "still runs the old image"; undefined when all is well. */
export type Missing = (status: UnitStatus) => string | undefined;

/**
 * Looks at a unit until nothing is missing in two looks in a row of the same run of its container: one that gets well
 * and dies at once is not well. Gives what is missing when the time is over, else undefined.
 */
export async function awaitUnit(
  tell: TellUnit,
  unit: FleetUnit,
  missing: Missing,
  { waitMs, lookMs }: Patience,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const deadline = performance.now() + waitMs;
  let lastGoodRun: string | undefined;
  let wasOver = false;
  for (;;) {
    const status = await readUnitStatus(tell, unit, signal);
    const lacks = missing(status);
    const thisRun = status.isKnown ? status.startedAt : '';
    if (lacks === undefined && thisRun === lastGoodRun) return undefined;
    lastGoodRun = lacks === undefined ? thisRun : undefined;
    // One that gets well at the last moment is looked at once more.
    const isOver = performance.now() > deadline;
    if (isOver && (lacks !== undefined || wasOver)) return lacks ?? 'it does not stay healthy';
    wasOver = isOver;
    await delay(lookMs, undefined, signal === undefined ? {} : { signal });
  }
}

/** Waits for an image to run, healthy or (where it wasn't before either) at all. */
export function runsImage(image: string, mustBeHealthy: boolean): Missing {
  return (status) => {
    if (!status.isKnown) return status.why;
    if (status.image !== image) return `still ${describeStatus(status)}`;
    if (status.state !== 'running') return describeStatus(status);
    return mustBeHealthy && !isHealthy(status) ? describeStatus(status) : undefined;
  };
}

/** Waits for another run of the container than the one before, and for its health. */
export function runsAnew(before: UnitStatus): Missing {
  return (status) => {
    if (!status.isKnown) return status.why;
    if (before.isKnown && before.startedAt === status.startedAt) return `not restarted: ${describeStatus(status)}`;
    return isHealthy(status) ? undefined : describeStatus(status);
  };
}
