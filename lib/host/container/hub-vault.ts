import { SwarmError } from '../../core/errors.ts';
import { digestCode } from '../../files/code-digest.ts';
import { hubRemote } from '../../vault/hub-remote.ts';
import { openVault, type Vault } from '../../vault/vault.ts';
import { noteKinds } from '../note-kinds.ts';
import type { StateFolder } from '../state-folder.ts';
import { type WaitOptions, waitFor } from '../wait-for.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import type { HubCredential } from './container-secret.ts';

/** The options of {@link openHubVault}. */
export interface HubVaultOptions {
  readonly environment: ContainerEnvironment;
  readonly credential: HubCredential;
  readonly workTree: string;
  readonly spoolDir: string;
  readonly indexDir: string;
  readonly everySeconds: number;
  readonly waitOptions: WaitOptions;
}

/** Opens this container's clone of the vault, waiting for the hub. */
export async function openHubVault(options: HubVaultOptions): Promise<Vault> {
  const { environment, credential, workTree, spoolDir, indexDir, everySeconds, waitOptions } = options;
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
      // Nobody opens the files of a container.
      hasFiles: false,
      timing: intervalsOf(everySeconds),
      log: (_level, message) => waitOptions.log(message),
    });
  return waitFor('the vault', () => open().catch((error: unknown) => Promise.reject(refusedOr(error))), waitOptions);
}

/** Turns a refused password into an error that stops: asking the hub again wouldn't help. */
function refusedOr(error: unknown): unknown {
  const isRefusal =
    error instanceof SwarmError &&
    error.cause instanceof Error &&
    /Authentication failed|could not read Username|returned error: 40[13]/.test(error.cause.message);
  if (!isRefusal) return error;
  return new SwarmError({
    code: 'unit/hub-refused',
    disposition: 'stop',
    message:
      'The hub does not accept the account or the password in the secret of this container, or it is closed to it',
    next: 'Look whether it is in quarantine (swarm-ops quarantine). If not, write both sides again with swarm-ops keys push --rotate, and restart this container.',
  });
}

/**
 * How often the hub is fetched from and pushed to: about once a beat. A push also brings what others wrote. With two dozen
 * agents, each fetch costs the hub and the agent 50 ms of CPU time.
 */
export function intervalsOf(everySeconds: number) {
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
