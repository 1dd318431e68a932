import { findProgram } from '../../support/find-program.ts';

const PROGRAMS = [
  ...[
    'debootstrap',
    'docker',
    'docker-registry',
    'dockerd',
    'dnsmasq',
    'ip',
    'losetup',
    'mkfs.ext4',
    'mmdebstrap',
    'moto_server',
  ],
  ...['nsenter', 'openssl', 'systemd-nspawn'],
];

/** What a machine of the fleet can't be started without here, as text for people; empty when all is there. */
export function missingForBoot(): string {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const absent = PROGRAMS.filter((name) => findProgram(name) === undefined);
  return [...(isRoot ? [] : ['root on Linux']), ...absent].join(', ');
}
