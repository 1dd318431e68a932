import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../scripts/build/images/cache-folder.ts';
import { must } from './command.ts';

/** Where Debian's packages come from, and what answers for it inside the machines of the test. */
export const MIRROR_HOST = 'deb.debian.org';
const MIRROR = `http://${MIRROR_HOST}/debian`;

// What Debian's image for EC2 has and its bare root lacks.
const PACKAGES = [
  ...['ca-certificates', 'cloud-init', 'dbus', 'iproute2', 'locales', 'openssh-server', 'procps', 'systemd-sysv'],
  'udev',
];
const LEAN = ['path-exclude=/usr/share/man/*', 'path-exclude=/usr/share/doc/*', 'path-exclude=/usr/share/locale/*'];

let made: Promise<string> | undefined;

/**
 * An archive of a bare Debian 12 with an init and cloud-init, as its image for EC2 has them: none of the packages of the fleet.
 * Machines that boot at the same time share its making.
 */
export function debianRoot(): Promise<string> {
  made ??= makeDebianRoot();
  return made;
}

async function makeDebianRoot(): Promise<string> {
  const options = ['--variant=minbase', `--include=${PACKAGES.join(',')}`, ...LEAN.map((one) => `--dpkgopt=${one}`)];
  const id = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 12);
  const archive = join(cacheFolder(), `debian-12-${id}.tar`);
  if (existsSync(archive)) return archive;
  const draft = `${archive}.${process.pid}.tar`;
  const sources = [
    `deb ${MIRROR} bookworm main`,
    `deb ${MIRROR} bookworm-updates main`,
    `deb ${MIRROR}-security bookworm-security main`,
  ];
  await must('mmdebstrap', '--quiet', ...options, 'bookworm', draft, ...sources);
  renameSync(draft, archive);
  return archive;
}
