import { closestTo } from '../core/closest.ts';
import { SwarmError } from '../core/errors.ts';
import { agentName } from '../core/ids.ts';

/**
 * Checks that names of agents are known.
 * @throws SwarmError `swarm/bad-option` that suggests the most similar name.
 */
export function checkNames(option: string, names: readonly string[], known: readonly string[]): ReadonlySet<string> {
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = agentName.safeParse(name).success ? closestTo(name, known) : undefined;
    // Text that is not a valid name could be a pasted secret, so it is not repeated.
    const shown = agentName.safeParse(name).success ? name : 'with such a name (it is not a valid name)';
    throw new SwarmError({
      code: 'swarm/bad-option',
      disposition: 'stop',
      message: `${option}: there is no agent ${shown}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      next: 'See swarm-ops keys push --help. Nothing was changed.',
    });
  }
  return new Set(names);
}
