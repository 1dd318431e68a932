import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerAt } from '../../../scripts/build/images/docker.ts';
import { offlineImages } from '../../../scripts/testing/containers/offline-images.ts';
import { eventually, must } from './command.ts';
import type { ImageSource } from './publish-images.ts';

/** Gives the project's images, built without a registry, in an engine of its own that lasts as long as `use`. */
export async function withImages<T>(use: (source: ImageSource) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kk-boot-engine-'));
  const host = `unix://${folder}/docker.sock`;
  const daemon = startEngine(folder, host);
  try {
    const docker = dockerAt(host);
    await eventually('the engine answers', 120_000, () => docker.run(['info']));
    const [agent = '', hub = ''] = await offlineImages(docker, () => undefined);
    return await use({ host, pid: daemon.pid, images: { agent, hub } });
  } finally {
    await end(daemon);
    await must(
      'sh',
      '-c',
      `grep -o ' ${folder}/[^ ]*' /proc/self/mounts | sort -r | xargs --no-run-if-empty umount --lazy`,
    );
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  }
}

/** With a network and mounts of its own, so that it touches nobody's; should the test be killed, it goes too. */
function startEngine(folder: string, host: string): ChildProcess {
  const options = [
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
    ...['--host', host, '--storage-driver', 'overlay2'],
  ];
  const script = 'ip link set lo up; exec dockerd "$@"';
  const args = ['--net', '--mount', 'setpriv', '--pdeathsig', 'TERM', 'sh', '-c', script, 'dockerd', ...options];
  return spawn('unshare', args, { stdio: 'ignore' });
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  const force = setTimeout(() => daemon.kill('SIGKILL'), 60_000);
  await ended;
  clearTimeout(force);
}
