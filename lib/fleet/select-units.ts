import { closestTo } from '../core/closest.ts';
import { SwarmError } from '../core/errors.ts';
import type { Fleet, FleetUnit } from './fleet.ts';

/** Finds units by their names. @throws SwarmError `swarm/bad-option` for a name that the fleet does not have. */
export function selectUnits(fleet: Fleet, names: readonly string[]): readonly FleetUnit[] {
  const known = fleet.units.map(({ unit }) => unit);
  return [...new Set(names)].map((name) => {
    const found = fleet.units.find(({ unit }) => unit === name);
    if (found !== undefined) return found;
    const meant = closestTo(name, known);
    throw new SwarmError({
      code: 'swarm/bad-option',
      disposition: 'stop',
      message: `The fleet ${fleet.stack} has no ${JSON.stringify(name.slice(0, 40))}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      next: 'swarm-ops fleet lists what it has. Nothing was changed.',
    });
  });
}
