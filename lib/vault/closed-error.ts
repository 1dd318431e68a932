import { SwarmError } from '../core/errors.ts';

/** What calls get once the vault stopped. */
export function closedError(): SwarmError {
  return new SwarmError({
    code: 'vault/closed',
    disposition: 'wait',
    message: 'The vault is closed',
    next: 'Start the swarm again: what was spooled is landed then.',
  });
}
