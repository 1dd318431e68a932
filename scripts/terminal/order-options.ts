import { readFile } from 'node:fs/promises';
import { SwarmError } from '../../lib/core/errors.ts';
import { NO_OPERATOR_KEYS, type OperatorKeys, parseOperatorKeys } from '../../lib/core/operator-keys.ts';
import { type OrderPlace, type OrderSigner, openClonePlace, openMachinePlace } from '../../lib/host/order-place.ts';
import { accountsOf } from '../../lib/keys/mnemonic-accounts.ts';
import { signWithSshKeygen } from '../../lib/keys/ssh-keygen.ts';
import type { OrderOptions } from './add-order-options.ts';
import { readMnemonic } from './mnemonic-source.ts';

/**
 * Opens the place of an order.
 * @throws SwarmError `orders/bad-option`, and those of the places.
 */
export async function openPlace(options: OrderOptions): Promise<OrderPlace> {
  const signer = await signerOf(options);
  if (options.vault === undefined) return openMachinePlace(options.state, signer);
  if (signer === undefined) {
    throw badOption('--vault needs a key to sign with', 'Add --key ~/.ssh/id_ed25519, or --wallet 0 for a wallet.');
  }
  if (!/^eip155:\d+\/0x[0-9a-fA-F]{40}$/.test(options.swarm ?? '')) {
    throw badOption(
      '--vault needs the swarm that the order is for, since a signature for one counts in no other',
      'Add --swarm with chain and escrow, as in --swarm eip155:…/0x…: they stand in infra/fleet.yaml, or swarm-ops config show says them.',
    );
  }
  return openClonePlace(
    options.vault,
    (options.swarm ?? '').toLowerCase(),
    signer,
    parseOperatorKeys(process.env.KK_OPERATOR_KEYS ?? ''),
  );
}

async function signerOf(options: OrderOptions): Promise<OrderSigner | undefined> {
  const { key, wallet } = options;
  if (key !== undefined && wallet !== undefined) throw badOption('--key and --wallet are both given', 'Give one.');
  if (key !== undefined) return { keys: await publicKeyOf(key), sign: (text) => signWithSshKeygen(key, text) };
  if (wallet === undefined) return undefined;
  if (!/^\d{1,9}$/.test(wallet)) throw badOption('--wallet is not an index', 'Give a whole number, as in --wallet 0.');
  const { words } = await readMnemonic(options);
  const account = accountsOf(words)(Number(wallet));
  return { keys: parseOperatorKeys(account.address), sign: (text) => account.signMessage({ message: text }) };
}

/** The public key that is in a `.pub` file or beside a private one; none when it isn't there. */
async function publicKeyOf(file: string): Promise<OperatorKeys> {
  const text = await readFile(file.endsWith('.pub') ? file : `${file}.pub`, 'utf8').catch(() => undefined);
  return text === undefined ? NO_OPERATOR_KEYS : parseOperatorKeys(text);
}

function badOption(message: string, next: string): SwarmError {
  return new SwarmError({ code: 'orders/bad-option', disposition: 'stop', message, next });
}
