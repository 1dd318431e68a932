import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { PATIENCE_MS } from './patience.ts';
import type { S3Target } from './s3.ts';

const run = promisify(execFile);
const PROGRAMS = ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph', 'ceph-authtool', 'monmaptool', 'radosgw-admin'];
const STEP_MS = PATIENCE_MS;

/** Why the independent judge of S3 can't be asked here. */
export interface Unavailable {
  readonly unavailable: string;
}

/**
 * Starts Ceph's S3 gateway on an object store in memory, the independent judge of what S3 is. Takes about 2 s.
 * Debian: `apt-get install ceph-mon ceph-osd radosgw ceph-common`.
 */
export async function startRadosgw(): Promise<S3Target | Unavailable> {
  for (const program of PROGRAMS) {
    const found = await run('sh', ['-c', `command -v ${program}`]).catch(() => undefined);
    if (found === undefined) return { unavailable: `${program} is not installed` };
  }
  if (process.getuid?.() !== 0) return { unavailable: 'Ceph only starts as root here' };
  const dir = await mkdtemp(join(tmpdir(), 'kk-rgw-'));
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map(end));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    return { ...(await startCluster(dir, children)), close };
  } catch (error) {
    await close();
    return { unavailable: `radosgw didn't start: ${error instanceof Error ? error.message.slice(0, 300) : 'unknown'}` };
  }
}

async function startCluster(dir: string, children: ChildProcess[]): Promise<Omit<S3Target, 'close'>> {
  const [monPort, rgwPort] = [await freePort(), await freePort()];
  const [fsid, osd] = [randomUUID(), randomUUID()];
  const conf = join(dir, 'ceph.conf');
  for (const name of ['mon', 'osd', 'rgw', 'run']) await mkdir(join(dir, name));
  await writeFile(conf, configuration({ dir, fsid, monPort, rgwPort }));
  const keyring = join(dir, 'keyring');
  const monmap = join(dir, 'monmap');
  const step = (program: string, args: readonly string[]) => run(program, args, { timeout: STEP_MS });
  const start = (program: string, args: readonly string[]): void => {
    children.push(spawn(program, ['-f', ...args, '-c', conf], { stdio: 'ignore' }));
  };
  await step('ceph-authtool', ['--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *']);
  await step('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monPort}]`, monmap]);
  await step('ceph-mon', ['--mkfs', '-i', 'a', '-c', conf, '--monmap', monmap, '--keyring', keyring]);
  start('ceph-mon', ['-i', 'a']);
  await step('ceph', ['-c', conf, '--connect-timeout', '15', 'osd', 'new', osd, '0']);
  await step('ceph-osd', ['--mkfs', '-i', '0', '-c', conf, '--osd-uuid', osd]);
  start('ceph-osd', ['-i', '0']);
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'radosgw-test-secret' };
  const keys = [`--access-key=${credentials.accessKeyId}`, `--secret-key=${credentials.secretAccessKey}`];
  await step('radosgw-admin', ['-c', conf, 'user', 'create', '--uid=judge', '--display-name=judge', ...keys]);
  start('radosgw', ['-n', 'client.admin']);
  const endpoint = `http://127.0.0.1:${rgwPort}`;
  await answering(endpoint);
  return { endpoint, region: 'us-east-1', credentials };
}

function configuration(at: { dir: string; fsid: string; monPort: number; rgwPort: number }): string {
  return `[global]
fsid = ${at.fsid}
mon host = v2:127.0.0.1:${at.monPort}/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 1
mon data avail warn = 2
paxos propose interval = 0.02
paxos min wait = 0.01
osd objectstore = memstore
memstore device bytes = 1073741824
run dir = ${at.dir}/run
admin socket = ${at.dir}/run/$name.$pid.asok
pid file =
log to file = false
mon cluster log to file = false
[mon.a]
mon data = ${at.dir}/mon
[osd.0]
osd data = ${at.dir}/osd
[client]
rgw data = ${at.dir}/rgw
rgw frontends = beast endpoint=127.0.0.1:${at.rgwPort}
rgw thread pool size = 32
rgw run sync thread = false
`;
}

async function answering(endpoint: string): Promise<void> {
  const deadline = AbortSignal.timeout(STEP_MS);
  for (;;) {
    const answer = await fetch(endpoint, { signal: deadline }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    if (deadline.aborted) throw new Error('the gateway did not answer in time');
    await delay(50);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(forced);
}
