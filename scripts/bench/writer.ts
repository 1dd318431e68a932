// Measures the vault's writer on a machine whose cores are busy: npm run --silent bench:writer -- [seconds] [seconds of outage] [busy processes] [notes].
// 24 agents write through one vault; then the remote is away for a while and comes back while they write on.
// Fails when a write takes over 30 s to land, or the folder that people open is behind for over 60 s after the outage.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { noteKinds } from '../../lib/host/note-kinds.ts';
import { createBareRemote } from '../../lib/vault/bare-remote.ts';
import { openVault, type Vault } from '../../lib/vault/vault.ts';

const [loadSeconds = 600, outageSeconds = 180, busy = 10, notes = 4000] = process.argv.slice(2).map(Number);
const AGENTS = Array.from({ length: 24 }, (_, index) => `kk-w${index}`);
/** Each agent writes about this often. */
const BEAT_MS = 4_000;
const LAND_SECONDS = 30;
const SHOW_SECONDS = 60;
const BEATS_BEFORE_OUTAGE = 3;

const folder = await mkdtemp(path.join(tmpdir(), 'kk-bench-writer-'));
const remote = path.join(folder, 'remote.git');
const warnings: string[] = [];
const loops: ChildProcess[] = [];

/** A landing: when it was written and how long it took, in seconds since the start. */
interface Landing {
  readonly at: number;
  readonly seconds: number;
}

const startedMs = performance.now();
const now = () => (performance.now() - startedMs) / 1000;

async function plant(): Promise<void> {
  const seedDir = path.join(folder, 'seed');
  for (let note = 0; note < notes; note++) {
    const place = path.join(seedDir, 'agents', AGENTS[note % AGENTS.length] ?? '', 'trades', '2026-01');
    if (note < AGENTS.length) await mkdir(place, { recursive: true });
    await writeFile(path.join(place, `${note}.md`), `---\nnote: ${note}\n---\n${'A line of a trade.\n'.repeat(60)}`);
  }
  await mkdir(seedDir, { recursive: true });
  await writeFile(path.join(seedDir, 'README.md'), '# Vault\n');
  await createBareRemote({ path: remote, seedDir });
}

/** Writes a beat of an agent and resolves when it has landed. */
async function beat(vault: Vault, name: string, number: number): Promise<Landing> {
  const [id, at] = [randomUUID(), now()];
  await vault.read();
  await vault.write({
    id,
    author: name,
    message: `Beat ${number}`,
    operations: [
      { op: 'put', path: `agents/${name}/state.md`, text: `beat ${number}\n` },
      { op: 'append', path: `agents/${name}/log/2026-01/2026-01-01-${name}.md`, text: `- ${number} ${id} waited\n` },
      { op: 'put', path: `agents/${name}/trades/2026-02/${id}.md`, text: 'A line of a trade.\n'.repeat(60) },
    ],
  });
  await vault.landed(id);
  return { at, seconds: now() - at };
}

/** Has all agents write until a condition ends it; resolves when all has landed. */
async function work(vault: Vault, isOver: () => boolean): Promise<readonly Landing[]> {
  const landings: Promise<Landing>[] = [];
  await Promise.all(
    AGENTS.map(async (name) => {
      await delay(Math.random() * BEAT_MS);
      for (let number = 0; !isOver(); number++) {
        landings.push(beat(vault, name, number));
        await delay(BEAT_MS * (0.5 + Math.random()));
      }
    }),
  );
  return Promise.all(landings);
}

/** Watches how long the opened folder is behind the newest head that the writer knows; gives the longest time, in seconds. */
function watchFolder(vault: Vault): () => number {
  let [behindSince, longest] = [undefined as number | undefined, 0];
  let shown = '';
  const look = async () => {
    const { head, remoteHead } = await vault.status();
    if (head === remoteHead || head !== shown) behindSince = undefined;
    else behindSince ??= now();
    shown = head;
    longest = Math.max(longest, behindSince === undefined ? 0 : now() - behindSince);
  };
  const timer = setInterval(() => void look().catch(() => undefined), 500);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

async function open(): Promise<Vault> {
  return openVault({
    workTree: path.join(folder, 'vault'),
    spoolDir: path.join(folder, 'spool'),
    remoteUrl: remote,
    kinds: noteKinds,
    log: (level, message) =>
      void (level === 'warn' && warnings.push(`${now().toFixed(0)} s: ${message.slice(0, 300)}`)),
  });
}

function print(kind: string, parts: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ apiVersion: 'karmakadabra/v1', kind, ...parts })}\n`);
}

function percentiles(landings: readonly Landing[]) {
  const sorted = landings.map(({ seconds }) => seconds).toSorted((a, b) => a - b);
  const share = (part: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return { writes: sorted.length, median: share(0.5), p90: share(0.9), p99: share(0.99), longest: share(1) };
}

const round = (value: number) => Math.round(value * 100) / 100;

try {
  await plant();
  for (let index = 0; index < busy; index++) {
    loops.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  }
  const vault = await open();
  const stillFor = watchFolder(vault);
  const loadEnds = now() + loadSeconds;
  const underLoad = await work(vault, () => now() >= loadEnds);
  const underLoadFigures = percentiles(underLoad);
  print('WriterUnderLoad', {
    ...underLoadFigures,
    folderStoodStillSeconds: round(stillFor()),
    load: loadavg().map(round),
    warnings,
  });

  let backAt = Number.POSITIVE_INFINITY;
  const during = work(vault, () => now() >= backAt);
  await delay(BEATS_BEFORE_OUTAGE * BEAT_MS);
  await rename(remote, `${remote}.away`);
  const awayAt = now();
  await delay(outageSeconds * 1000);
  const { spooled } = await vault.status();
  await rename(`${remote}.away`, remote);
  backAt = now();
  // All that was written while the remote was away has landed and the folder shows it when a head is shown that is newer than all of it.
  const waited = await during;
  const landedSeconds = Math.max(
    ...waited.filter(({ at }) => at >= awayAt && at <= backAt).map(({ at, seconds }) => at + seconds - backAt),
  );
  const { remoteHead } = await vault.status();
  while ((await vault.status()).head !== remoteHead && (await vault.status()).behind > 0) await delay(100);
  const shownSeconds = now() - backAt;
  print('WriterAfterOutage', {
    outageSeconds: round(backAt - awayAt),
    spooled,
    landedSeconds: round(landedSeconds),
    shownSeconds: round(shownSeconds),
    load: loadavg().map(round),
    warnings,
  });
  await vault.close();
  if (underLoadFigures.longest > LAND_SECONDS || Math.max(landedSeconds, shownSeconds) > SHOW_SECONDS)
    process.exitCode = 1;
} finally {
  for (const loop of loops) loop.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
