import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isKeptOfRepository, objectFiles, readRefs } from '../backup/git-files.ts';
import { fileIn, filesBelow } from '../backup/source-files.ts';
import type { SourceFile } from '../backup/write-archive.ts';
import { SwarmError } from '../core/errors.ts';
import { holderOf } from '../files/owner-lock.ts';
import { checkBareRemote, initBareRemote } from '../vault/bare-remote.ts';

const REPOSITORY = 'vault.git';
/** Its certificates, what accounts have pushed, the orders that it obeys, and whose passwords it has checked. */
const KEPT = /^hub\/(?:tls\/(?:ca|server)\.(?:key|pem)|pushed\.json|obeyed\.json|password-filter\.json)$/;
/** A copy of its accounts, which it reads from elsewhere. */
const ACCOUNTS = 'hub/accounts.json';

/** Where a hub's lock is in its folder. */
export function hubLock(dir: string): string {
  return join(dir, 'hub', 'owner');
}

/** Whether a path belongs into the backup of a hub. */
export function isKeptOfHub(path: string): boolean {
  if (KEPT.test(path) || path === ACCOUNTS) return true;
  return path.startsWith(`${REPOSITORY}/`) && isKeptOfRepository(path.slice(REPOSITORY.length + 1));
}

/**
 * Gives the files of a hub so that they are of one moment, also while it runs: where its refs are, then the objects, to which
 * pushes only add.
 * @param accounts the file with its accounts, if they are in one.
 */
export async function* hubFiles(dir: string, accounts: string | undefined): AsyncGenerator<SourceFile> {
  const refs = await readRefs(dir, REPOSITORY);
  yield* filesBelow(dir, 'hub', isKeptOfHub);
  if (accounts !== undefined) {
    for await (const file of fileIn('/', accounts)) yield { ...file, path: ACCOUNTS };
  }
  yield* refs;
  yield* objectFiles(dir, REPOSITORY);
}

/**
 * Whether a hub runs in a folder.
 * @throws SwarmError `hub/no-hub` where the folder is none's.
 */
export async function isHubLive(dir: string): Promise<boolean> {
  const isHub = await stat(join(dir, REPOSITORY, 'objects'))
    .then(() => stat(join(dir, 'hub')))
    .then(
      () => true,
      () => false,
    );
  if (isHub) return (await holderOf(hubLock(dir))) !== undefined;
  throw new SwarmError({
    code: 'hub/no-hub',
    disposition: 'stop',
    message: `There is no hub in ${dir}`,
    next: 'Name the folder that KK_STATE names for the hub: it holds vault.git and hub.',
  });
}

/** Prepares a new folder for the files of a hub. */
export async function prepareHub(draft: string): Promise<void> {
  await initBareRemote(join(draft, REPOSITORY));
}

/** Checks that a restored hub's repository is whole. @throws SwarmError `local/vault-incomplete`. */
export async function completeHub(draft: string): Promise<void> {
  await checkBareRemote(join(draft, REPOSITORY));
}
