import { loadManifests } from '../../lib/files/load-manifests.ts';
import { requirePrivate } from '../../lib/keys/mnemonic.ts';
import { deriveTreasury, deriveWallets, type Statement, statementOf } from '../../lib/keys/wallets.ts';
import { writeAddresses } from '../../lib/keys/write-addresses.ts';
import type { KeysOptions } from '../terminal/keys-options.ts';
import { readMnemonic } from '../terminal/mnemonic-source.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

const WORDS: Readonly<Record<Statement, string>> = {
  same: 'the same',
  absent: 'no address',
  differs: 'another address',
  'no-manifest': '',
};

/**
 * Shows the wallet of every agent; with `write` writes the addresses into the manifests.
 * @returns 1 when a manifest states another address and nothing is to be written.
 */
export async function keysDerive(
  options: KeysOptions & { readonly write?: boolean; readonly treasury?: boolean },
): Promise<number> {
  const manifests = await loadManifests([options.agents]);
  const mnemonic = await readMnemonic(options);
  if (options.write) requirePrivate(mnemonic);
  const wallets = [...deriveWallets(mnemonic, manifests), ...(options.treasury ? [deriveTreasury(mnemonic)] : [])];
  const written = options.write ? await writeAddresses(options.agents, wallets) : [];
  const items = wallets.map((wallet) => ({
    name: wallet.name,
    index: wallet.index,
    address: wallet.address,
    manifest: written.includes(wallet.name) ? 'written' : statementOf(wallet),
    ...(statementOf(wallet) === 'differs' ? { stated: wallet.stated } : {}),
  }));
  const differing = items.filter(({ manifest }) => manifest === 'differs').length;
  if (options.json) {
    printJson('Wallets', items);
    return differing > 0 ? 1 : 0;
  }
  printTable(
    ['agent', 'index', 'address', 'manifest'],
    wallets.map((wallet) => [
      wallet.name,
      String(wallet.index),
      wallet.address,
      written.includes(wallet.name) ? 'written' : WORDS[statementOf(wallet)],
    ]),
  );
  if (options.write) printLine(`Wrote ${written.length} of ${manifests.length} manifests.`);
  else if (differing > 0)
    printLine(`${differing} manifests state other addresses: is this the mnemonic of this swarm?`);
  else if (items.some(({ manifest }) => manifest === 'absent')) {
    printLine('Write the addresses into the manifests with --write.');
  }
  return differing > 0 ? 1 : 0;
}
