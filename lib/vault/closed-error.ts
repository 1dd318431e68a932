import { SwarmError } from '../core/errors.ts';

/** The error of calls after the vault was closed. */
export function closedError(): SwarmError {
  return new SwarmError({
    code: 'vault/closed',
    disposition: 'wait',
    message: 'The vault is closed',
    next: 'Start the swarm again: it pushes what is in the spool.',
  });
}
