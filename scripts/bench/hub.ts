// Measures the hub under separate writers: npm run --silent bench:hub -- [writers] [interval in seconds] [beats of each].
// Each writer has a clone and an account of its own and pushes over HTTPS; the hub is killed and started again half-way.
// The baseline is one writer alone at the same interval.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { hashPassword } from '../../lib/core/password.ts';
import { projectPath } from '../../lib/files/project.ts';
import { runGit } from '../../lib/hub/git-run.ts';
import { hubRemote } from '../../lib/vault/hub-remote.ts';
import { openVault, type Vault } from '../../lib/vault/vault.ts';

const [writers = 24, intervalSeconds = 10, beats = 8] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(path.join(tmpdir(), 'kk-bench-hub-'));
const [gitPort, ircPort] = [await getPort({ host: '127.0.0.1' }), await getPort({ host: '127.0.0.1' })];
const caFile = path.join(folder, 'ca.pem');
const names = Array.from({ length: writers }, (_, index) => `kk-w${index}`);
const passwords = new Map(names.map((name) => [name, randomBytes(32).toString('base64url')]));
let busySeconds = 0;
const BASELINE_BEATS = 4;

/** Starts the hub as its container does and waits until it is up. */
async function startHub(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [projectPath('scripts/swarm-ops.js'), 'hub'], {
    env: {
      ...process.env,
      KK_HUB_HOST: '127.0.0.1',
      KK_GIT_PORT: String(gitPort),
      KK_IRC_PORT: String(ircPort),
      KK_STATE: path.join(folder, 'hub'),
      KK_SECRET_FILE: path.join(folder, 'secret.json'),
      KK_CA_FILE: caFile,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the hub ended with ${String(code)}`)));
    child.stdout?.on('data', (text: Buffer) => {
      if (process.env.KK_DEBUG !== undefined) process.stderr.write(text);
      if (text.toString().includes('The hub is up')) resolve();
    });
  });
  return child;
}

async function endHub(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  busySeconds += await processorSeconds(child.pid ?? 0);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

/** What a process and its ended children have used of the processor (proc(5): 14th to 17th field, hundredths). */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / 100;
}

function open(name: string): Promise<Vault> {
  return openVault({
    ...hubRemote({
      remoteUrl: `https://localhost:${gitPort}/vault.git`,
      account: name,
      password: passwords.get(name) ?? '',
      caFile,
    }),
    workTree: path.join(folder, name, 'vault'),
    spoolDir: path.join(folder, name, 'spool'),
    hasFiles: false,
    minPushIntervalMs: intervalSeconds * 1000,
    timing: { fetchIntervalMs: 15_000 },
  });
}

/** Writes a beat each interval and gives how long each took to be pushed, in seconds. */
async function work(name: string, vault: Vault, beats: number): Promise<number[]> {
  const landings: Promise<number>[] = [];
  await delay(Math.random() * intervalSeconds * 1000);
  for (let beat = 0; beat < beats; beat++) {
    const started = performance.now();
    const id = randomUUID();
    await vault.write({
      id,
      author: name,
      message: `Beat ${beat}`,
      operations: [
        { op: 'put', path: `agents/${name}/state.md`, text: `---\nbeat: ${beat}\n---\n` },
        { op: 'append', path: `agents/${name}/log/2026-01/2026-01-01-${name}.md`, text: `- ${beat} ${id} waited\n` },
      ],
    });
    landings.push(vault.landed(id).then(() => (performance.now() - started) / 1000));
    await delay(intervalSeconds * 1000);
  }
  return Promise.all(landings);
}

try {
  const accounts = await Promise.all(
    names.map(async (name) => ({
      account: name,
      nick: name,
      kind: 'agent',
      passwordHash: await hashPassword(passwords.get(name) ?? ''),
    })),
  );
  const secret = { apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts };
  await writeFile(path.join(folder, 'secret.json'), JSON.stringify(secret), { mode: 0o600 });
  let hub = await startHub();
  const note = (line: string) => void process.stderr.write(`${line}\n`);
  const vaults = await Promise.all(names.map(async (name) => [name, await open(name)] as const));
  const [[first, alone] = []] = vaults;
  if (first === undefined || alone === undefined) throw new RangeError('there must be a writer');
  note(`${BASELINE_BEATS} writes of one writer alone`);
  const baseline = inOrder(await work(first, alone, BASELINE_BEATS));

  note(`${beats} writes of each of ${writers}, the hub killed half-way`);
  const working = Promise.all(vaults.map(([name, vault]) => work(name, vault, beats)));
  await delay((beats * intervalSeconds * 1000) / 2);
  await endHub(hub, 'SIGKILL');
  hub = await startHub();
  const times = await working;
  await Promise.all(vaults.map(([, vault]) => vault.close()));
  await endHub(hub, 'SIGTERM');

  const repository = path.join(folder, 'hub', 'vault.git');
  const log = await runGit(['log', '--format=%(trailers:key=Vault-Write,valueonly)', 'main'], { repository });
  const landed = log
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  await runGit(['fsck', '--strict'], { repository });
  const all = inOrder(times.flat());
  const longest = inOrder(times.map((own) => Math.max(...own)));
  process.stdout.write(
    `${JSON.stringify({
      apiVersion: 'karmakadabra/v1',
      kind: 'HubBench',
      writers,
      intervalSeconds,
      writes: {
        made: BASELINE_BEATS + writers * beats,
        landed: new Set(landed).size,
        landedTwice: landed.length - new Set(landed).size,
      },
      secondsToLand: {
        baseline: round(share(baseline, 0.5)),
        median: round(share(all, 0.5)),
        p90: round(share(all, 0.9)),
        p99: round(share(all, 0.99)),
        longest: round(share(all, 1)),
        longestOfLuckiestWriter: round(share(longest, 0)),
      },
      ratioToBaseline: {
        median: round(share(all, 0.5) / share(baseline, 0.5)),
        p99: round(share(all, 0.99) / share(baseline, 0.5)),
      },
      hubProcessorSecondsPerWrite: round(busySeconds / landed.length),
    })}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

function inOrder(times: readonly number[]): readonly number[] {
  return [...times].sort((a, b) => a - b);
}

/** The value below which a share of sorted values lies. */
function share(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
