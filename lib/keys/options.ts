import { closestTo } from '../core/closest.ts';
import { SwarmError } from '../core/errors.ts';
import { agentName } from '../core/ids.ts';

/**
 * Checks the beginning of the secrets' names.
 * @throws SwarmError `swarm/bad-option`
 */
export function checkPrefix(prefix: string): string {
  if (/^(?:[A-Za-z0-9_+=.@-]+\/)+$/.test(prefix) && prefix.length <= 200) return prefix;
  throw badOption(
    `--prefix ${JSON.stringify(prefix.slice(0, 80))} must be parts of letters, digits and _+=.@- that end in /`,
  );
}

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
    throw badOption(`${option}: there is no agent ${shown}${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  }
  return new Set(names);
}

function badOption(message: string): SwarmError {
  return new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message,
    next: 'See swarm-ops keys push --help. Nothing was changed.',
  });
}
