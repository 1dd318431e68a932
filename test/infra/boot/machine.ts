import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventually, must } from './command.ts';
import { debianRoot } from './debian-root.ts';

/** What a machine is made of. */
export interface MachineSpec {
  readonly name: string;
  /** Its disk, its log and what it is mounted at are kept below. */
  readonly folder: string;
  /** The name of the network namespace that it lives in. */
  readonly network: string;
  /** Files that its image has besides Debian's, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Size of a second disk, in MiB; 0 for none. It appears as the data volume of an EC2 instance does. */
  readonly dataMb: number;
}

/** A Debian with an init of its own: namespaces, a root disk, a network. What it lacks of a machine is a kernel. */
export interface Machine {
  readonly name: string;
  /** Runs a program inside and gives what it printed. @throws Error when it fails. */
  readonly run: (...command: readonly string[]) => Promise<string>;
  /** Where a file of it is, seen from outside. */
  readonly path: (file: string) => string;
  readonly stop: () => Promise<void>;
}

// Room to make namespaces, mounts and rules in; not to set the clock, load modules or restart what all machines share.
const CAPABILITIES = ['CAP_NET_ADMIN', 'CAP_SYS_ADMIN', 'CAP_SYS_RESOURCE', 'CAP_SYSLOG', 'CAP_NET_RAW', 'CAP_BPF'];

/** Makes the disk, starts its init. The machine boots by itself from there; `run` works once init does. */
export async function startMachine(spec: MachineSpec): Promise<Machine> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of undo.reverse()) await step();
    undo.length = 0;
  };
  try {
    const root = join(spec.folder, 'root');
    mkdirSync(root, { recursive: true });
    const device = await makeDisk(join(spec.folder, 'root.img'), 6_144, undo);
    await must('mkfs.ext4', '-q', device);
    await must('mount', '-o', 'nobarrier,noatime', device, root);
    undo.push(() => must('umount', root));
    await must('tar', '-xf', await debianRoot(), '-C', root, '--numeric-owner', '--exclude=./dev/*');
    const data = spec.dataMb > 0 ? await makeDisk(join(spec.folder, 'data.img'), spec.dataMb, undo) : '';
    for (const [path, text] of Object.entries({ ...spec.files, ...diskLinks(device, data) })) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    await must('chroot', root, 'update-ca-certificates');
    const leader = await boot(spec, root, [device, data], undo);
    const run = (...command: readonly string[]) => must('nsenter', '-t', String(leader), '-a', ...command);
    await eventually(`${spec.name} starts its init`, 60_000, () => run('systemctl', 'list-jobs'));
    await letEngineRun(run);
    return { name: spec.name, run, path: (file) => `/proc/${leader}/root${file}`, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/**
 * The names that udev gives EBS disks, systemd's and Amazon's; loop devices have none by themselves. Source:
 * systemd's 60-persistent-storage.rules, and amazon-ec2-utils' 70-ec2-nvme-devices.rules.
 */
function diskLinks(root: string, data: string): Readonly<Record<string, string>> {
  const namesOf = (volume: string, device: string, partition: string) =>
    ['', '_1', '-ns-1'].map((end) => {
      const link = `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume}${end}${partition}`;
      return `L ${link} - - - - ${device}\n`;
    });
  const lines = [
    ...namesOf('vol0fedcba9876543210', root, ''),
    ...namesOf('vol0fedcba9876543210', root, '-part1'),
    ...(data === '' ? [] : namesOf('vol0123456789abcdef0', data, '')),
  ];
  return { '/etc/tmpfiles.d/volumes.conf': lines.join('') };
}

async function makeDisk(file: string, sizeMb: number, undo: (() => Promise<unknown>)[]): Promise<string> {
  await must('truncate', '-s', `${sizeMb}M`, file);
  undo.push(() => must('rm', '-f', file));
  const device = (await must('losetup', '--find', '--show', file)).trim();
  undo.push(() => must('losetup', '--detach', device));
  return device;
}

async function boot(
  spec: MachineSpec,
  root: string,
  devices: readonly string[],
  undo: (() => Promise<unknown>)[],
): Promise<number> {
  const log = createWriteStream(join(spec.folder, 'console.log'));
  const child = spawn(
    // Should the test be killed, the machine goes with it.
    'setpriv',
    [
      ...['--pdeathsig', 'TERM', 'systemd-nspawn'],
      ...['--quiet', '--boot', '--register=no', '--keep-unit', '--link-journal=no', '--console=pipe'],
      ...['--resolv-conf=off', '--timezone=off', `--machine=${spec.name}`, `--directory=${root}`],
      `--network-namespace-path=/run/netns/${spec.network}`,
      // What a container engine needs besides; swap and clocks stay closed.
      ...[`--capability=${CAPABILITIES.join(',')}`, '--system-call-filter=add_key keyctl bpf'],
      ...devices.filter((device) => device !== '').map((device) => `--bind=${device}`),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  undo.push(() => end(child));
  const children = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  return await eventually(`systemd-nspawn starts ${spec.name}`, 60_000, async () => {
    const [leader = ''] = children();
    // What it forks on the way to that ends soon, and on a busy machine is seen.
    const isInit = leader !== '' && readFileSync(`/proc/${leader}/comm`, 'utf8').trim() === 'systemd';
    return isInit ? Number(leader) : undefined;
  });
}

/** What an engine writes to is read-only in a container: its network's settings, and old control groups. */
async function letEngineRun(run: Machine['run']): Promise<void> {
  const script = `mount --bind /proc/sys/net /proc/sys/net
for one in /proc/sys/net /sys/fs/cgroup/*; do
  if mountpoint -q "$one"; then mount -o remount,bind,rw "$one"; fi
done`;
  await run('sh', '-c', script);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(force);
}
