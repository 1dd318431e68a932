import { loadManifests } from '../../lib/files/load-manifests.ts';
import { type FleetSecretsOptions, readFleetSecrets } from '../../lib/fleet/fleet-secrets.ts';
import { type AssessedKey, assessKeys, isRight } from '../../lib/keys/assess-keys.ts';
import type { KeysOptions } from '../terminal/keys-options.ts';
import { readMnemonic } from '../terminal/mnemonic-source.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';
import { openSecretStore } from '../terminal/secret-store.ts';

/**
 * Compares the mnemonic with the manifests, the manifests with the agents' secrets, and those with the hub's accounts. Prints no
 * secret.
 * @param options `mnemonic: false` leaves the mnemonic out.
 * @returns 0 when all is as it should be, else 1.
 */
export async function keysCheck(
  options: KeysOptions & FleetSecretsOptions & { readonly mnemonic?: boolean },
): Promise<number> {
  const fleet = readFleetSecrets(options);
  const manifests = await loadManifests([options.agents]);
  const store = openSecretStore({ ...options, region: fleet.region });
  const mnemonic = options.mnemonic === false ? undefined : await readMnemonic(options, () => store);
  const assessed = await assessKeys(store, manifests, fleet, mnemonic);
  const wrong = assessed.filter((one) => !isRight(one)).length;
  if (options.json) printJson('KeyCheck', assessed.map(itemOf));
  else {
    printTable(['agent', 'index', 'address', 'manifest', 'secret', ''], assessed.map(rowOf));
    printLine(wrong === 0 ? `All ${assessed.length} are right.` : `${wrong} of ${assessed.length} are not right.`);
  }
  return wrong > 0 ? 1 : 0;
}

function itemOf({ found, index, ...one }: AssessedKey) {
  const { finding } = found;
  const ok = isRight({ manifest: one.manifest, found });
  return { ...one, index: index ?? null, ok, finding, ...(found.ok ? {} : { detail: found.detail }) };
}

function rowOf({ name, index, address, manifest, found }: AssessedKey): readonly string[] {
  const place = index === undefined ? '' : String(index);
  return [name, place, address ?? '', manifest, found.finding, found.ok ? '' : found.detail];
}
