import { type ChildProcess, spawn } from 'node:child_process';
import { access, chmod, constants, copyFile, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { type Docker, dockerAt } from '../../build/images/docker.ts';
import { openProcessorShare, type ProcessorShare } from './processor-share.ts';
import { makeQuickFolder } from './quick-disk.ts';

/** An engine, and how to close it. */
export interface Engine {
  readonly docker: Docker;
  /** Whether it was started for this use. */
  readonly isOwn: boolean;
  /** The process whose network its containers are in, if it is its own: elsewhere they can't be reached. */
  readonly pid: number | undefined;
  readonly stop: () => Promise<void>;
}

const PROGRAMS = ['dockerd', 'containerd', 'containerd-shim-runc-v2', 'runc', 'docker-init', 'docker-proxy'] as const;
const PATHS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/libexec/docker'];
const READY_MS = 120_000;
const END_MS = 60_000;

/**
 * Finds the engine of this machine, or starts one in a temporary folder with network and mounts of its own, so that
 * nothing of it is left afterwards. Undefined, with the reason logged, where neither is possible.
 */
export async function openEngine(log: (line: string) => void): Promise<Engine | undefined> {
  const found = dockerAt();
  if (await answers(found)) return { docker: found, isOwn: false, pid: undefined, stop: async () => undefined };
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return refuse(log, 'no engine runs, and only root can start one');
  const dir = await mkdtemp(join(tmpdir(), 'kk-engine-'));
  const programs = await gatherPrograms(join(dir, 'bin'));
  const missing = PROGRAMS.slice(0, 4).filter((name) => !programs.includes(name));
  if (missing.length > 0) {
    await rm(dir, { recursive: true, force: true });
    return refuse(log, `no engine runs, and ${missing.join(', ')} is not installed`);
  }
  log('starting a Docker engine of its own');
  const share = await openProcessorShare(`kk-engine-${process.pid}`);
  // Seen by the engine as it is mounted before it starts; gone with all other mounts below the folder when it ends.
  const data = await makeQuickFolder(dir, 'data');
  const daemon = await startDaemon(dir, data, share.group);
  const docker = dockerAt(`unix://${dir}/docker.sock`);
  const stop = async (): Promise<void> => endDaemon(daemon, dir, share);
  const deadline = performance.now() + READY_MS;
  while (!(await answers(docker))) {
    if (daemon.exitCode === null && daemon.signalCode === null && performance.now() < deadline) {
      await delay(500);
      continue;
    }
    const said = await readFile(join(dir, 'dockerd.log'), 'utf8').catch(() => '');
    await stop();
    return refuse(log, `the engine did not start: ${said.trim().split('\n').at(-1) ?? ''}`);
  }
  return { docker, isOwn: true, pid: daemon.pid, stop };
}

function refuse(log: (line: string) => void, why: string): undefined {
  log(why);
  return undefined;
}

/** Copies what lies around without leave to be executed, so that nothing of the machine's own is changed. */
async function gatherPrograms(bin: string): Promise<readonly string[]> {
  await mkdir(bin);
  const there: string[] = [];
  for (const name of PROGRAMS) {
    for (const folder of PATHS) {
      const file = join(folder, name);
      if (!(await may(file, constants.R_OK))) continue;
      there.push(name);
      if (!(await may(file, constants.X_OK))) {
        await copyFile(file, join(bin, name));
        await chmod(join(bin, name), 0o755);
      }
      break;
    }
  }
  return there;
}

async function startDaemon(dir: string, data: string, group: string): Promise<ChildProcess> {
  const output = await open(join(dir, 'dockerd.log'), 'w');
  const options = [
    ...['--data-root', data, '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid')],
    ...['--host', `unix://${dir}/docker.sock`, '--storage-driver', 'overlay2', '--cgroup-parent', `/${group}`],
  ];
  // Its own network, so that its bridges and rules touch nobody's; it ends when this process does.
  const daemon = spawn(
    'unshare',
    [
      '--net',
      '--mount',
      'setpriv',
      '--pdeathsig',
      'TERM',
      'sh',
      '-c',
      'ip link set lo up; exec dockerd "$@"',
      'dockerd',
      ...options,
    ],
    {
      env: { ...process.env, PATH: [join(dir, 'bin'), ...PATHS].join(delimiter), DOCKER_HOST: '' },
      stdio: ['ignore', output.fd, output.fd],
      // The terminal's Ctrl-C must not reach it: containers are stopped first.
      detached: true,
    },
  );
  daemon.on('error', () => undefined);
  await output.close();
  return daemon;
}

async function endDaemon(daemon: ChildProcess, dir: string, share: ProcessorShare): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) resolve();
    else daemon.once('exit', () => resolve());
  });
  daemon.kill('SIGTERM');
  await Promise.race([ended, delay(END_MS, undefined, { ref: false })]);
  daemon.kill('SIGKILL');
  await ended;
  // Its mounts are gone with its namespace, but for those that were seen outside of it.
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${dir}/`)).reverse()) {
    await execa('umount', ['--lazy', mount], { reject: false });
  }
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  await share.close();
}

function may(file: string, mode: number): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}

/** Whether an engine answers. */
function answers(docker: Docker): Promise<boolean> {
  return docker.run(['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 20_000 }).then(
    (version) => version.trim() !== '',
    () => false,
  );
}
