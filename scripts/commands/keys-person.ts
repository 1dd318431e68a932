import type { AwsPlace } from '../../lib/aws/aws-place.ts';
import { createSecretStore } from '../../lib/aws/secret-store.ts';
import { closestTo } from '../../lib/core/closest.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { deriveKeys } from '../../lib/keys/derived-keys.ts';
import { personAccount } from '../../lib/keys/hub-accounts.ts';
import { type KeysFleetOptions, keysFleet } from '../../lib/keys/keys-fleet.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { type MnemonicOptions, readMnemonic } from '../terminal/mnemonic-source.ts';

/**
 * Prints what a person signs on to the hub with: account, nick and password, a line each. It is the only command that shows
 * a password, because it is the only way for one to reach whom it is for.
 * @throws SwarmError `swarm/bad-option` for somebody whom the fleet's configuration doesn't name, and what reading the
 * mnemonic throws.
 */
export async function keysPerson(
  name: string,
  options: KeysFleetOptions & MnemonicOptions & AwsPlace & { readonly json?: boolean },
): Promise<number> {
  const { prefix, people, ...place } = keysFleet(options);
  const person = people.find((one) => one.name === name);
  if (person === undefined) {
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
  const mnemonic = await readMnemonic(options, () =>
    createSecretStore({ ...options, ...place, credentials: createTerminalCredentials() }),
  );
  const { account, nick, password } = personAccount(person, deriveKeys(mnemonic, prefix));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'HubAccount', account, nick, password })}\n`
      : `account:  ${account}\nnick:     ${nick}\npassword: ${password}\n`,
  );
  return 0;
}
