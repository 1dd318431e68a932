import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { projectPath } from '../../lib/files/project.ts';

const program = new Command('bench:economy')
  .description(
    'Measures a whole run: 24 rounds of 5 s. Prints one JSON object: times in milliseconds, memory in bytes as the sum of ' +
      'the proportional set sizes (PSS) of all its processes, and both as ratios to a baseline of the same run (the ' +
      'scheduled time, an idle Node process).',
  )
  .argument('[data]', 'a folder of chat logs; the sample unless given')
  .option('--data <dir>', 'the same')
  .parse();

const ROUNDS = 24;
const BEAT_SECONDS = 5;
const SAMPLE_MS = 1000;

const data = program.opts<{ readonly data?: string }>().data ?? program.args[0];
const state = await mkdtemp(join(tmpdir(), 'kk-bench-'));
try {
  const idleBytes = await measureIdle();
  const startedMs = performance.now();
  let firstDealMs: number | undefined;
  const run = execa(
    'node',
    [
      projectPath('scripts/swarm-ops.js'),
      ...['up', '--state', state, '--rounds', String(ROUNDS), '--beat-seconds', String(BEAT_SECONDS), '--json'],
      ...(data === undefined ? [] : ['--data', data]),
    ],
    { reject: false, stdin: 'ignore' },
  );
  run.stderr.on('data', (chunk: Buffer) => {
    if (firstDealMs === undefined && chunk.includes(' opened ')) firstDealMs = performance.now() - startedMs;
  });
  let peakBytes = 0;
  const timer = setInterval(() => {
    void pssOfTree(run.pid ?? 0, state).then((bytes) => {
      peakBytes = Math.max(peakBytes, bytes);
    });
  }, SAMPLE_MS);
  const { exitCode, stdout, stderr } = await run;
  clearInterval(timer);
  const durationMs = Math.round(performance.now() - startedMs);
  const report: unknown = exitCode === 0 ? JSON.parse(stdout) : undefined;
  const scheduledMs = ROUNDS * BEAT_SECONDS * 1000;
  process.stdout.write(
    `${JSON.stringify({
      benchmark: 'economy',
      data: data === undefined ? 'sample' : 'logs',
      exitCode,
      durationMs,
      firstDealMs: firstDealMs === undefined ? null : Math.round(firstDealMs),
      baseline: { scheduledMs, idleNodePssBytes: idleBytes },
      peakPssBytes: peakBytes,
      ratio: { duration: round(durationMs / scheduledMs), memory: round(peakBytes / idleBytes) },
      trades: pick(report, 'trades'),
      usdcMovedAtomic: pick(report, 'usdcMovedAtomic'),
    })}\n`,
  );
  if (exitCode !== 0)
    process.stderr.write(`The run failed. Its last lines:\n${stderr.split('\n').slice(-5).join('\n')}\n`);
  process.exitCode = exitCode === 0 ? 0 : 1;
} finally {
  await rm(state, { recursive: true, force: true });
}

async function measureIdle(): Promise<number> {
  const idle = execa('node', ['-e', 'process.stdout.write("up"); setTimeout(() => {}, 60000)'], { reject: false });
  await new Promise((ready) => idle.stdout.once('data', ready));
  const bytes = await pssOf(String(idle.pid));
  idle.kill();
  await idle;
  return bytes;
}

/** Adds up a process, its descendants, and the chain, which is in a process group of its own and names its state. */
async function pssOfTree(root: number, mark: string): Promise<number> {
  const parents = new Map<string, string>();
  const marked: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    parents.set(pid, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '');
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(mark)) marked.push(pid);
  }
  const isOurs = (pid: string): boolean => {
    for (let at: string | undefined = pid; at !== undefined && at !== '0' && at !== ''; at = parents.get(at)) {
      if (at === String(root) || marked.includes(at)) return true;
    }
    return false;
  };
  const sizes = await Promise.all([...parents.keys()].filter(isOurs).map(pssOf));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

async function pssOf(pid: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

function pick(report: unknown, key: string): unknown {
  return typeof report === 'object' && report !== null && key in report ? Reflect.get(report, key) : null;
}

function round(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}
