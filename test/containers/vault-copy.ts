import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Compose } from '../../scripts/containers/compose.ts';
import type { ContainerWorld } from './world.ts';

/** What a person of this machine gets from the set-up, and where the hub is for them. */
export interface PersonAccess {
  readonly account: string;
  readonly password: string;
  readonly ca: string;
  readonly caFile: string;
  readonly vaultUrl: string;
  readonly ircPort: number;
}

/** Asks as docker/README.md says: for account and password, the certificate, and the ports. */
export async function askForAccess(world: ContainerWorld, compose: Compose): Promise<PersonAccess> {
  const setup = ['run', '--rm', '--no-deps', '-T', 'setup', 'local-setup', '--show'];
  const person = await compose.run([...setup, 'person']);
  const ca = await compose.run([...setup, 'ca']);
  const caFile = join(world.folder, 'hub-ca.pem');
  await writeFile(caFile, ca);
  const portOf = async (port: string): Promise<number> =>
    Number((await compose.run(['port', 'hub', port])).trim().split(':').at(-1));
  return {
    account: /^account: +(\S+)$/m.exec(person)?.[1] ?? '',
    password: /^password: +(\S+)$/m.exec(person)?.[1] ?? '',
    ca,
    caFile,
    vaultUrl: `https://localhost:${await portOf('8443')}/vault.git`,
    ircPort: await portOf('6697'),
  };
}

/** Clones the whole vault as that person, checks every object of it, and gives the bare repository's folder. */
export async function copyVault(world: ContainerWorld, access: PersonAccess): Promise<string> {
  const folder = await mkdtemp(join(world.folder, 'vault-'));
  const basic = Buffer.from(`${access.account}:${access.password}`).toString('base64');
  const env = {
    // Before all settings: a machine may name its own certificates in the environment.
    GIT_SSL_CAINFO: access.caFile,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
  await execa('git', ['clone', '--quiet', '--mirror', access.vaultUrl, folder], { env, timeout: 300_000 });
  await execa('git', ['-C', folder, 'fsck', '--full', '--strict'], { timeout: 300_000 });
  return folder;
}
