import { SwarmError } from '../../core/errors.ts';
import { digestCode } from '../../files/code-digest.ts';
import { hubRemote } from '../../vault/hub-remote.ts';
import { openVault, type Vault } from '../../vault/vault.ts';
import { noteKinds } from '../note-kinds.ts';
import type { StateFolder } from '../state-folder.ts';
import { type Patience, waitFor } from '../wait-for.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import type { HubCredential } from './container-secret.ts';

/** What opening a vault of the hub takes. */
export interface HubVaultOptions {
  readonly environment: ContainerEnvironment;
  readonly credential: HubCredential;
  readonly workTree: string;
  readonly spoolDir: string;
  readonly indexDir: string;
  readonly everySeconds: number;
  readonly patience: Patience;
}

/** Opens this container's clone of the vault, waiting for the hub. */
export async function openHubVault(options: HubVaultOptions): Promise<Vault> {
  const { environment, credential, workTree, spoolDir, indexDir, everySeconds, patience } = options;
  const remoteUrl = environment.KK_VAULT_REMOTE.href;
  const isHub = environment.KK_VAULT_REMOTE.protocol === 'https:';
  const remote = isHub ? hubRemote({ remoteUrl, ...credential, caFile: environment.KK_HUB_CA }) : { remoteUrl };
  const open = (): Promise<Vault> =>
    openVault({
      ...remote,
      workTree,
      spoolDir,
      index: { folder: indexDir, code: digestCode() },
      kinds: noteKinds,
      // Nobody looks at the files of a container.
      hasFiles: false,
      timing: paceOf(everySeconds),
      log: (_level, message) => patience.log(message),
    });
  return waitFor('the vault', () => open().catch((error: unknown) => Promise.reject(refusedOr(error))), patience);
}

/** A hub that knows the account by another password, or not at all, doesn't change its mind by being asked again. */
function refusedOr(error: unknown): unknown {
  const isRefusal =
    error instanceof SwarmError &&
    error.cause instanceof Error &&
    /Authentication failed|could not read Username|returned error: 40[13]/.test(error.cause.message);
  if (!isRefusal) return error;
  return new SwarmError({
    code: 'unit/hub-refused',
    disposition: 'stop',
    message: 'The hub does not accept the account or the password in the secret of this container',
    next: 'Write both sides anew with swarm-ops keys push --rotate, and restart this container.',
  });
}

/**
 * How often the hub is asked and pushed to: about once a beat. A landing shows what others wrote as well; with two dozen
 * agents each look costs the hub and the agent a twentieth of a second of work.
 */
function paceOf(everySeconds: number) {
  const beatWithin = (leastMs: number, mostMs: number) => Math.min(mostMs, Math.max(leastMs, everySeconds * 1000));
  return { minPushIntervalMs: beatWithin(1000, 10_000), fetchIntervalMs: beatWithin(5000, 30_000) };
}

/** The folders of a container's state that are one agent's or one author's. */
export function vaultFolders(
  folder: StateFolder,
  author?: string,
): { readonly workTree: string; readonly spoolDir: string; readonly indexDir: string } {
  const { vault, spool, index } = folder;
  if (author === undefined) return { workTree: vault, spoolDir: spool, indexDir: index };
  return { workTree: `${vault}-${author}`, spoolDir: `${spool}-${author}`, indexDir: `${index}-${author}` };
}
