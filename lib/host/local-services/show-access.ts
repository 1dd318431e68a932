import { readFile } from 'node:fs/promises';
import { SwarmError } from '../../core/errors.ts';
import { openOperatorKey } from '../operator-key.ts';
import { PERSON } from './container-secrets.ts';
import { openCredentials } from './credentials.ts';
import type { LocalEnvironment } from './local-environment.ts';
import { operatorKeyFile } from './publish-operator-key.ts';

/**
 * Prints what a person needs to clone the vault and to join the channel: `person` for account and password on two lines,
 * `ca` for the certificate that the hub made itself, `operator-key` for the private key that signs notes for all agents.
 * @throws SwarmError `swarm/bad-option`, `local/no-ca`
 */
export async function showAccess(
  what: string,
  { KK_STATE, KK_HUB_CA }: Pick<LocalEnvironment, 'KK_STATE' | 'KK_HUB_CA'>,
): Promise<number> {
  switch (what) {
    case 'person': {
      const credentials = await openCredentials(KK_STATE);
      process.stdout.write(`account:  ${PERSON}\npassword: ${credentials.hubPassword(PERSON)}\n`);
      return 0;
    }
    case 'operator-key':
      await openOperatorKey(operatorKeyFile(KK_STATE));
      process.stdout.write(await readFile(operatorKeyFile(KK_STATE), 'utf8'));
      return 0;
    case 'ca':
      process.stdout.write(await readFile(KK_HUB_CA, 'utf8').catch(noCa));
      return 0;
    default:
      throw new SwarmError({
        code: 'swarm/bad-option',
        disposition: 'stop',
        message: `--show ${JSON.stringify(what.slice(0, 40))} is not person, ca or operator-key`,
        next: 'Ask for one of these.',
      });
  }
}

function noCa(cause: unknown): never {
  throw new SwarmError({
    code: 'local/no-ca',
    disposition: 'stop',
    message: 'The hub has not made its certificate yet',
    next: 'Wait until the hub is healthy: docker compose ps hub.',
    cause,
  });
}
