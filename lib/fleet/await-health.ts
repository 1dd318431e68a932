import { setTimeout as delay } from 'node:timers/promises';
import type { FleetUnit } from './fleet.ts';
import type { SendCommand } from './unit-command.ts';
import { describeStatus, isHealthy, readUnitStatus, type UnitStatus } from './unit-status.ts';

/** How long to wait for a unit's health, and how often to check it, in milliseconds. */
export interface HealthWait {
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

/** The condition that is waited for: undefined when it is met, else what is still missing, as in "still runs the old image". */
export type HealthCondition = (status: UnitStatus) => string | undefined;

/**
 * Checks a unit until it meets a condition in two checks in a row, both of the same run of its container: one that becomes
 * healthy and crashes right after it does not count. Gives what is still missing at the timeout, else undefined.
 */
export async function awaitUnit(
  sendCommand: SendCommand,
  unit: FleetUnit,
  condition: HealthCondition,
  { timeoutMs, intervalMs }: HealthWait,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs;
  let lastGoodRun: string | undefined;
  let wasOver = false;
  for (;;) {
    const status = await readUnitStatus(sendCommand, unit, signal);
    const unmet = condition(status);
    const thisRun = status.isKnown ? status.startedAt : '';
    if (unmet === undefined && thisRun === lastGoodRun) return undefined;
    lastGoodRun = unmet === undefined ? thisRun : undefined;
    // A unit that meets the condition at the last moment is checked once more.
    const isOver = performance.now() > deadline;
    if (isOver && (unmet !== undefined || wasOver)) return unmet ?? 'it does not stay healthy';
    wasOver = isOver;
    await delay(intervalMs, undefined, signal === undefined ? {} : { signal });
  }
}

/** The condition that a unit runs an image and, if `mustBeHealthy`, is healthy. */
export function runsImage(image: string, mustBeHealthy: boolean): HealthCondition {
  return (status) => {
    if (!status.isKnown) return status.why;
    if (status.image !== image) return `still ${describeStatus(status)}`;
    if (status.state !== 'running') return describeStatus(status);
    return mustBeHealthy && !isHealthy(status) ? describeStatus(status) : undefined;
  };
}

/** The condition that the container was started again after `before`, and is healthy. */
export function hasRestarted(before: UnitStatus): HealthCondition {
  return (status) => {
    if (!status.isKnown) return status.why;
    if (before.isKnown && before.startedAt === status.startedAt) return `not restarted: ${describeStatus(status)}`;
    return isHealthy(status) ? undefined : describeStatus(status);
  };
}
