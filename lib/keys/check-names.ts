import { closestTo } from '../core/closest.ts';
import { SwarmError } from '../core/errors.ts';
import { agentName } from '../core/ids.ts';

/**
 * Checks names of agents against those that there are.
 * @throws SwarmError `swarm/bad-option` with the name that was meant.
 */
export function checkNames(option: string, names: readonly string[], known: readonly string[]): ReadonlySet<string> {
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = agentName.safeParse(name).success ? closestTo(name, known) : undefined;
    // A name that is none could be anything that was pasted, so it is not repeated.
    const shown = agentName.safeParse(name).success ? name : 'something that is no agent’s name';
    throw new SwarmError({
      code: 'swarm/bad-option',
      disposition: 'stop',
      message: `${option}: there is no agent ${shown}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      next: 'See swarm-ops keys push --help. Nothing was changed.',
    });
  }
  return new Set(names);
}
