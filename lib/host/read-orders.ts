import { parseOperatorKeys } from '../core/operator-keys.ts';
import { NO_ORDERS, type Orders } from '../core/orders.ts';
import { systemClock } from '../core/time.ts';
import type { VaultIndex } from '../core/vault.ts';
import { recoverWallet } from '../market/terms/wallet-signature.ts';
import { createGit } from '../vault/git.ts';
import { lastAuthorOf } from '../vault/history.ts';
import { readObeyed } from '../vault/obeyed-file.ts';
import { openOrderKeeper } from '../vault/order-keeper.ts';
import { signedNotesIn } from '../vault/signed-notes.ts';
import type { StateFolder } from './state-folder.ts';

/** Reads what the host of a state folder obeys, with the operators' keys of its last start. Changes nothing. */
export async function readOrders(
  { obeyed }: Pick<StateFolder, 'obeyed'>,
  vault: VaultIndex,
  repository: string,
): Promise<Orders> {
  const known = await readObeyed(obeyed);
  if (known === undefined) return NO_ORDERS;
  const keeper = await openOrderKeeper({
    file: undefined,
    known: known.notes,
    keys: parseOperatorKeys(known.keys),
    swarm: known.swarm,
    recoverWallet,
    history: () => [],
    authorOf: (path) => lastAuthorOf(createGit(repository), vault.head, path),
    clock: systemClock,
  });
  return keeper.look(signedNotesIn(vault));
}
