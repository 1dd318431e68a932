import type { Address } from 'viem';
import { createSecretStore, type SecretStore } from '../../lib/aws/secret-store.ts';
import { STEWARD } from '../../lib/core/ids.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { assessHub } from '../../lib/keys/assess-hub.ts';
import { assessSecret, type SecretFinding } from '../../lib/keys/assess-secret.ts';
import { deriveKeys } from '../../lib/keys/derived-keys.ts';
import { HUB } from '../../lib/keys/hub-accounts.ts';
import { type KeysFleetOptions, keysFleet } from '../../lib/keys/keys-fleet.ts';
import { deriveWallets, type Statement, statementOf, stewardWallet, type Wallet } from '../../lib/keys/wallets.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import type { KeysOptions } from '../terminal/keys-options.ts';
import { readMnemonic } from '../terminal/mnemonic-source.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

interface Checked {
  readonly name: string;
  /** None for the hub, which has no wallet. */
  readonly index: number | undefined;
  readonly address: Address | undefined;
  /** How the manifest compares with the mnemonic; `not-compared` where none was asked for. */
  readonly manifest: Statement | 'not-compared';
  readonly secret: string;
  readonly found: SecretFinding;
}

/**
 * Compares the mnemonic with the manifests, the manifests with the agents' secrets, and those with the hub's accounts. Shows no
 * value.
 * @param options `mnemonic: false` leaves the mnemonic out.
 * @returns 0 when all is as it should be, else 1.
 */
export async function keysCheck(
  options: KeysOptions & KeysFleetOptions & { readonly mnemonic?: boolean },
): Promise<number> {
  const { prefix, people, steward, ...place } = keysFleet(options);
  const manifests = await loadManifests([options.agents]);
  const store = createSecretStore({ ...options, ...place, credentials: createTerminalCredentials() });
  const mnemonic = options.mnemonic === false ? undefined : await readMnemonic(options, () => store);
  const wallets = mnemonic === undefined ? undefined : deriveWallets(mnemonic, manifests);
  const checked: Checked[] = [];
  for (const [place, { metadata, spec }] of manifests.entries()) {
    const wallet = wallets?.[place];
    const secret = `${prefix}${metadata.name}`;
    const address = wallet?.address ?? spec.wallet.address;
    const found: SecretFinding =
      address === undefined
        ? { ok: false, finding: 'unknown', detail: 'the manifest states no address to compare with' }
        : await assessSecret(store, secret, address);
    const manifest = wallet === undefined ? (address === undefined ? 'absent' : 'not-compared') : statementOf(wallet);
    checked.push({ name: metadata.name, index: spec.wallet.index, address, manifest, secret, found });
  }
  if (steward) {
    const wallet = mnemonic === undefined ? undefined : stewardWallet(mnemonic);
    checked.push(await checkSteward(store, `${prefix}${STEWARD}`, wallet));
  }
  const hub = await assessHub(
    store,
    prefix,
    manifests,
    { people, steward },
    mnemonic === undefined ? undefined : deriveKeys(mnemonic, prefix),
  );
  const secret = `${prefix}${HUB}`;
  checked.push({ name: HUB, index: undefined, address: undefined, manifest: 'not-compared', secret, found: hub });
  const wrong = checked.filter((one) => !isRight(one)).length;
  if (options.json) {
    printJson(
      'KeyCheck',
      checked.map(({ found, index = null, ...one }) => ({
        ...one,
        index,
        ok: isRight({ manifest: one.manifest, found }),
        ...describe(found),
      })),
    );
    return wrong > 0 ? 1 : 0;
  }
  printTable(
    ['agent', 'index', 'address', 'manifest', 'secret', ''],
    checked.map((one) => [
      one.name,
      one.index === undefined ? '' : String(one.index),
      one.address ?? '',
      one.manifest,
      one.found.finding,
      one.found.ok ? '' : one.found.detail,
    ]),
  );
  printLine(wrong === 0 ? `All ${checked.length} are right.` : `${wrong} of ${checked.length} are not right.`);
  return wrong > 0 ? 1 : 0;
}

/** Nothing but the mnemonic says which wallet is the treasury. */
async function checkSteward(store: SecretStore, secret: string, wallet: Wallet | undefined): Promise<Checked> {
  const common = { name: STEWARD, index: wallet?.index, address: wallet?.address, secret };
  if (wallet !== undefined) {
    const found = await assessSecret(store, secret, wallet.address, 'StewardSecret');
    return { ...common, manifest: 'not-compared', found };
  }
  const { type } = await store.state(secret);
  const found: SecretFinding =
    type === 'filled' ? { ok: true, finding: 'labelled' } : { ok: false, finding: type, detail: 'run keys push' };
  return { ...common, manifest: 'not-compared', found };
}

function isRight({ manifest, found }: Pick<Checked, 'manifest' | 'found'>): boolean {
  return found.ok && (manifest === 'same' || manifest === 'not-compared');
}

function describe(found: SecretFinding): { readonly finding: string; readonly detail?: string } {
  return found.ok ? { finding: found.finding } : { finding: found.finding, detail: found.detail };
}
