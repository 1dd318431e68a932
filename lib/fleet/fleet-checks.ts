import type { Finding, UnitReport } from './assess-fleet.ts';
import { unfinishedRoll } from './describe-roll.ts';
import { isOpen, type RollRecord } from './roll-record.ts';

/** A finding with the name of what it is about: a unit, or `roll`. */
export interface FleetCheck extends Finding {
  readonly name: string;
}

/** All findings of the reports of a fleet, and one for a roll that was interrupted. Pure. */
export function fleetChecks(reports: readonly UnitReport[], lastRoll: RollRecord | undefined): readonly FleetCheck[] {
  const checks = reports.flatMap(({ unit, findings }) => findings.map((finding) => ({ name: unit, ...finding })));
  if (lastRoll === undefined || !isOpen(lastRoll)) return checks;
  const { message, next } = unfinishedRoll(lastRoll);
  return [...checks, { name: 'roll', status: 'degraded', detail: message, next }];
}
