import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import type { FleetConfig } from '../lib/fleet/fleet-config.ts';
import { HUB, type Names } from '../lib/fleet/fleet-names.ts';
import { DISTRIBUTIONS, type HostFile } from './distribution.ts';
import { hubAddress } from './network-plan.ts';

/** EC2 refuses more user data than this, counted before base64. */
export const USER_DATA_LIMIT_BYTES = 16_384;

/** User data in the forms that an instance and a test need. */
export interface UserData {
  /** The cloud-config document. */
  readonly text: string;
  /** What the instance is given: gzip, then base64. cloud-init unpacks it. */
  readonly packed: string;
  /** Tells two boot scripts apart, in tags and in the inventory. */
  readonly version: string;
}

/**
 * What makes a host the way out for others. It comes before the engine: one that has to turn forwarding on itself closes it
 * for everything but containers. Nobody is told of a shorter way (ICMP redirects), since there is none.
 */
const FORWARDING = [
  ['sh', '-c', 'for one in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 > "$one"; done'],
  ['sysctl', '-w', 'net.ipv4.ip_forward=1'],
] as const;

/**
 * The cloud-config of a host. It names no agent, no image and no secret: those are looked up by the host, so that the
 * same text serves dedicated and packed hosts, and nothing that changes often ever replaces a machine.
 */
export function userData(config: FleetConfig, names: Names, host: string): UserData {
  const text = `#cloud-config\n${stringify(cloudConfig(config, names, host), { lineWidth: 0 })}`;
  const packed = gzipSync(text, { level: 9 }).toString('base64');
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { text, packed, version };
}

function cloudConfig(config: FleetConfig, names: Names, host: string) {
  const system = DISTRIBUTIONS[config.machine.os];
  const isHub = host === HUB;
  const early = [...system.early, ...(isHub ? FORWARDING : [])];
  return {
    hostname: `${names.stack}-${host}`.replaceAll('_', '-'),
    // Operators connect through Session Manager: there is no SSH key, and login by password is off.
    ssh_pwauth: false,
    disable_root: true,
    ...(early.length === 0 ? {} : { bootcmd: early }),
    package_update: true,
    package_upgrade: true,
    packages: system.packages,
    swap: { filename: '/swapfile', size: '1G' },
    ntp: { enabled: true, ntp_client: 'chrony', servers: ['169.254.169.123'] },
    write_files: [...hostFiles(config, names, host), ...(isHub ? hubFiles(config) : []), ...system.updates],
    runcmd: [
      ['sh', '-c', 'systemctl disable --now sshd ssh 2>/dev/null || true'],
      ['sysctl', '--system'],
      ['systemctl', 'daemon-reload'],
      // Not started here: the hub's unit waits for its disk, while the way out for the others need not.
      ...(isHub ? [['systemctl', 'enable', 'kk-hub-disk.service']] : []),
      ['systemctl', 'enable', '--now', 'kk-firewall.service'],
      ['systemctl', 'restart', 'docker.service', 'systemd-journald.service'],
      ['systemctl', 'enable', '--now', 'docker.service', 'kk-broker.service', 'kk-sync.timer', system.updateTimer],
      // The timer tries again every five minutes: an image that isn't pushed yet is no reason to fail the boot.
      ['sh', '-c', 'systemctl start kk-sync.service || true'],
    ],
  };
}

function hostFiles(config: FleetConfig, names: Names, host: string): readonly HostFile[] {
  const registry = `${config.accountId}.dkr.ecr.${config.region}.amazonaws.com`;
  return [
    json('/etc/kk/host.json', {
      host,
      region: config.region,
      // A unit runs only what stands in the fleet's own repositories, whoever may say which of it.
      repositories: (['agent', 'hub'] as const).map((what) => `${registry}/${names.repository(what)}`),
      unitsPath: names.unitsPath(host),
      imagesPath: names.imagesPath(host),
      hubAddress: hubAddress(config.vpcCidr),
      hubCa: names.hubCaParameter,
    }),
    ...['kk-units', 'kk-broker'].map((name) => script(name)),
    ...['kk-unit@.service', 'kk-broker.service', 'kk-firewall.service', 'kk-sync.service', 'kk-sync.timer'].map(
      (name) => service(name),
    ),
    { path: '/etc/kk/firewall.nft', permissions: '0644', content: hostSource('kk-firewall.nft') },
    json('/etc/docker/daemon.json', {
      icc: false,
      'live-restore': true,
      'log-driver': 'local',
      'log-opts': { 'max-size': '10m', 'max-file': '2' },
      'no-new-privileges': true,
      'userland-proxy': false,
    }),
    json('/root/.docker/config.json', { credHelpers: { [registry]: 'ecr-login' } }),
    {
      path: '/etc/systemd/journald.conf.d/kk.conf',
      permissions: '0644',
      content: '[Journal]\nSystemMaxUse=100M\nMaxRetentionSec=14day\n',
    },
    {
      path: '/etc/logrotate.d/kk',
      permissions: '0644',
      content:
        '/var/log/cloud-init.log /var/log/cloud-init-output.log {\n  weekly\n  rotate 4\n  maxsize 10M\n  compress\n  missingok\n  notifempty\n}\n',
    },
  ];
}

function hubFiles(config: FleetConfig): readonly HostFile[] {
  return [
    script('kk-hub-disk'),
    service('kk-hub-disk.service'),
    {
      path: '/etc/systemd/system/kk-unit@hub.service.d/disk.conf',
      permissions: '0644',
      content: hostSource('kk-hub-disk.conf'),
    },
    { path: '/etc/sysctl.d/90-kk-nat.conf', permissions: '0644', content: 'net.ipv4.ip_forward = 1\n' },
    {
      path: '/etc/kk/nat.nft',
      permissions: '0644',
      content: hostSource('kk-nat.nft').replaceAll('VPC_CIDR', config.vpcCidr),
    },
  ];
}

function script(name: string): HostFile {
  return { path: `/usr/local/sbin/${name}`, permissions: '0755', content: hostSource(name) };
}

function service(name: string): HostFile {
  return { path: `/etc/systemd/system/${name}`, permissions: '0644', content: hostSource(name) };
}

function json(path: string, value: unknown): HostFile {
  return { path, permissions: '0644', content: `${JSON.stringify(value, undefined, 1)}\n` };
}

function hostSource(name: string): string {
  return readFileSync(new URL(`./host/${name}`, import.meta.url), 'utf8');
}
