import { SwarmError } from './errors.ts';

/**
 * Parses a whole number given as an option on the command line.
 * @throws SwarmError `swarm/bad-option` that names the option, the value and what is allowed.
 */
export function whole(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: `${name} ${JSON.stringify(text.slice(0, 40))} is not a whole number from ${min} to ${max}`,
    next: 'See the command’s --help.',
  });
}
