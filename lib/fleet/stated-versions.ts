import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { agentStateKind } from '../core/agent-state.ts';
import { SwarmError } from '../core/errors.ts';
import type { VaultIndex } from '../core/vault.ts';

/** What an agent states about itself in the vault. */
export interface StatedVersion {
  readonly revision: string;
  readonly heartbeatAt: string;
}

/** Reads the vault's notes from a repository on this machine. */
export type ReadRepository = (repository: string) => Promise<VaultIndex>;

const CLONE_TIMEOUT_MS = 120_000;

/**
 * Reads from the vault which version each agent states that it runs, by the agent's name.
 * @param where a clone on this machine, which is read as it is, or an address that git can clone with its configured
 * credentials.
 * @param readRepository reads the notes at the head of a repository.
 * @throws SwarmError `vault/unreadable`.
 */
export async function readStatedVersions(
  where: string,
  readRepository: ReadRepository,
): Promise<ReadonlyMap<string, StatedVersion>> {
  if (!/^[a-z+]+:\/\//.test(where)) return statesIn(await readRepository(where));
  const folder = await mkdtemp(join(tmpdir(), 'kk-vault-look-'));
  try {
    const { failed, stderr } = await execa(
      'git',
      ['clone', '--quiet', '--bare', '--depth', '1', '--branch', 'main', '--', where, folder],
      { reject: false, timeout: CLONE_TIMEOUT_MS, env: { GIT_TERMINAL_PROMPT: '0' } },
    );
    if (!failed) return statesIn(await readRepository(folder));
    throw new SwarmError({
      code: 'vault/unreadable',
      disposition: 'stop',
      message: `The vault can't be cloned: ${stderr.split('\n').find((line) => line.startsWith('fatal')) ?? 'git failed'}`,
      next: 'Check the address and git’s credentials for it, or give a clone.',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function statesIn(vault: VaultIndex): ReadonlyMap<string, StatedVersion> {
  return new Map(
    vault
      .notes(agentStateKind)
      .map(({ data }) => [data.id, { revision: data.revision, heartbeatAt: data.heartbeatAt }]),
  );
}
