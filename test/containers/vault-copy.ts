import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Compose } from '../../scripts/testing/containers/compose-project.ts';
import { portOf, unitOf } from './units.ts';
import type { ContainerWorld } from './world.ts';

/** What a person of this machine gets from the set-up. */
export interface PersonAccess {
  readonly account: string;
  readonly password: string;
  readonly ca: string;
  readonly caFile: string;
}

/** A clone of the whole vault that a person made. */
export interface VaultCopy {
  /** Its bare repository. */
  readonly folder: string;
  /** Fetches what is new, wherever the hub's door is by now, and gives the folder. */
  readonly refresh: () => Promise<string>;
}

const GIT_PORT = 8443;
const TIMEOUT_MS = 300_000;

/** Asks as docker/README.md says: for account and password, and for the certificate. */
export async function askForAccess(world: ContainerWorld, compose: Compose): Promise<PersonAccess> {
  const show = (what: string): Promise<string> =>
    compose.run(['run', '--rm', '--no-deps', '-T', 'setup', 'local-setup', '--show', what]);
  const [person, ca] = [await show('person'), await show('ca')];
  const caFile = join(world.folder, 'hub-ca.pem');
  await writeFile(caFile, ca);
  return {
    account: /^account: +(\S+)$/m.exec(person)?.[1] ?? '',
    password: /^password: +(\S+)$/m.exec(person)?.[1] ?? '',
    ca,
    caFile,
  };
}

/** Clones the whole vault as that person. */
export async function cloneVault(world: ContainerWorld, access: PersonAccess): Promise<VaultCopy> {
  const folder = await mkdtemp(join(world.folder, 'vault-'));
  const basic = Buffer.from(`${access.account}:${access.password}`).toString('base64');
  const env = {
    // Before all settings: a machine may name its own certificates in the environment.
    GIT_SSL_CAINFO: access.caFile,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
  const url = async (): Promise<string> =>
    `https://localhost:${portOf(await unitOf(world, 'hub'), GIT_PORT)}/vault.git`;
  const git = (...args: readonly string[]) => execa('git', args, { env, timeout: TIMEOUT_MS });
  await git('clone', '--quiet', '--mirror', await url(), folder);
  return {
    folder,
    refresh: async () => {
      await git('-C', folder, 'fetch', '--quiet', '--prune', await url(), '+refs/*:refs/*');
      return folder;
    },
  };
}

/** Checks every object of a copy. @throws when git finds one that isn't whole. */
export async function checkObjects({ folder }: VaultCopy): Promise<void> {
  await execa('git', ['-C', folder, 'fsck', '--full', '--strict'], { timeout: TIMEOUT_MS });
}
