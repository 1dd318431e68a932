import { findPerson } from '../../lib/fleet/find-person.ts';
import { type FleetSecretsOptions, readFleetSecrets } from '../../lib/fleet/fleet-secrets.ts';
import { deriveKeys } from '../../lib/keys/derived-keys.ts';
import { personAccount } from '../../lib/keys/hub-accounts.ts';
import type { MnemonicOptions } from '../terminal/mnemonic-options.ts';
import { readMnemonic } from '../terminal/mnemonic-source.ts';

/**
 * Prints a person's credentials for the hub: account, nick and password, a line each. No other command prints a password; a
 * person has no other way to get theirs.
 * @throws SwarmError `swarm/bad-option` for somebody whom the fleet's configuration doesn't name, and what reading the
 * mnemonic throws.
 */
export async function keysPerson(
  name: string,
  options: FleetSecretsOptions & MnemonicOptions & { readonly json?: boolean },
): Promise<number> {
  const { prefix, people, region } = readFleetSecrets(options);
  const person = findPerson(people, name);
  const mnemonic = await readMnemonic({ ...options, region });
  const { account, nick, password } = personAccount(person, deriveKeys(mnemonic, prefix));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'HubAccount', account, nick, password })}\n`
      : `account:  ${account}\nnick:     ${nick}\npassword: ${password}\n`,
  );
  return 0;
}
