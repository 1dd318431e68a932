import type { FleetConfig } from '../lib/fleet/fleet-config.ts';

/** A file that cloud-init writes. */
export interface HostFile {
  readonly path: string;
  readonly permissions: '0600' | '0644' | '0755';
  readonly content: string;
}

/** What differs between the systems a host may run. */
export interface Distribution {
  /** Commands of every boot, before packages are installed. */
  readonly early: readonly (readonly string[])[];
  readonly packages: readonly string[];
  /** Files and timers that install security updates by themselves. */
  readonly updates: readonly HostFile[];
  readonly updateTimer: string;
}

const text = (path: string, ...lines: readonly string[]): HostFile => ({
  path,
  permissions: '0644',
  content: `${lines.join('\n')}\n`,
});

/**
 * Amazon Linux 2023 is the default: Session Manager's agent and the AWS command line are part of it, and its packages
 * come from S3, through the gateway endpoint that costs nothing. A Debian 12 image has to bring Session Manager's agent.
 */
export const DISTRIBUTIONS: Readonly<Record<FleetConfig['machine']['os'], Distribution>> = {
  al2023: {
    early: [],
    packages: [
      'amazon-ecr-credential-helper',
      'chrony',
      'dnf-automatic',
      'docker',
      // For the hub's disk. Every Debian has it.
      'e2fsprogs',
      'logrotate',
      'nftables',
      'python3',
    ],
    updates: [
      text(
        '/etc/dnf/automatic.conf',
        '[commands]',
        'upgrade_type = security',
        'download_updates = yes',
        'apply_updates = yes',
      ),
      // The releases of Amazon Linux are locked: without this there would be no updates to find.
      text('/etc/dnf/vars/releasever', 'latest'),
    ],
    updateTimer: 'dnf-automatic.timer',
  },
  'debian-12': {
    // Nothing but HTTPS leaves a machine. Files that an image doesn't have are passed over.
    early: [
      [
        'sh',
        '-c',
        'sed -i s,http://,https://, /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/mirrors/*.list || true',
      ],
      // The hub may still be starting and not forward traffic yet, and cloud-init requests packages only once.
      [
        ...['cloud-init-per', 'once', 'kk-archive', 'sh', '-c'],
        'n=0; until apt-get -qq -o APT::Update::Error-Mode=any update || [ $n -ge 90 ]; do n=$((n+1)); sleep 10; done',
      ],
    ],
    packages: [
      'amazon-ecr-credential-helper',
      'awscli',
      'chrony',
      'docker.io',
      'logrotate',
      'nftables',
      'python3',
      'unattended-upgrades',
    ],
    updates: [
      text(
        '/etc/apt/apt.conf.d/20auto-upgrades',
        'APT::Periodic::Update-Package-Lists "1";',
        'APT::Periodic::Unattended-Upgrade "1";',
      ),
      text(
        '/etc/apt/apt.conf.d/52kk-security-only',
        'Unattended-Upgrade::Origins-Pattern { "origin=Debian,codename=bookworm-security,label=Debian-Security"; };',
        'Unattended-Upgrade::Automatic-Reboot "false";',
      ),
    ],
    updateTimer: 'apt-daily-upgrade.timer',
  },
};
