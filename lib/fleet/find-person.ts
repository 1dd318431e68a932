import { closestTo } from '../core/closest.ts';
import { SwarmError } from '../core/errors.ts';
import type { Person } from './fleet-config.ts';

/**
 * Finds a person of the fleet's configuration by name.
 * @throws SwarmError `swarm/bad-option` that suggests the most similar name.
 */
export function findPerson(people: readonly Person[], name: string): Person {
  const person = people.find((one) => one.name === name);
  if (person !== undefined) return person;
  const meant = closestTo(
    name,
    people.map((one) => one.name),
  );
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: `The fleet's configuration names nobody called ${JSON.stringify(name.slice(0, 40))}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    next: 'Add the name to people in infra/fleet.yaml (or in the file given with --config), then run swarm-ops keys push.',
  });
}
