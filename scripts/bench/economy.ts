import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { whole } from '../../lib/core/whole-number.ts';
import { projectPath } from '../../lib/files/project.ts';
import { addBuyers } from './add-buyers.ts';
import { readOwnerShares } from './owner-shares.ts';

const program = new Command('bench:economy')
  .description(
    'Measures a whole run: 24 rounds of 5 s with the 24 agents, or 6 of 30 s with more, unless told otherwise. Prints one JSON object: times in ' +
      'milliseconds, memory in bytes as the sum of the proportional set sizes (PSS) of all its processes, and both as ' +
      'ratios to a baseline of the same run (the scheduled time, an idle Node process); beats, errors and trades; and how full the fullest folder of an agent is.',
  )
  .argument('[data]', 'a folder of chat logs; the sample unless given')
  .option('--data <dir>', 'the same')
  .option('--agents <n>', 'how many agents: those of the project and more buyers', '24')
  .option('--rounds <n>', 'how many rounds')
  .option('--beat-seconds <s>', 'the length of a round')
  .parse();

const SAMPLE_MS = 1000;

const raw = program.opts<{
  readonly data?: string;
  readonly agents: string;
  readonly rounds?: string;
  readonly beatSeconds?: string;
}>();
const data = raw.data ?? program.args[0];
const agents = whole('--agents', raw.agents, 24, 5000);
const many = agents > 24;
const rounds = whole('--rounds', raw.rounds ?? (many ? '6' : '24'), 1, 10_000);
const beatSeconds = whole('--beat-seconds', raw.beatSeconds ?? (many ? '30' : '5'), 1, 3600);
const state = await mkdtemp(join(tmpdir(), 'kk-bench-'));
// Beside the state folder, which must be a run's own, and under its name, by which the processes of the run are found.
const agentsDir = `${state}-agents`;
try {
  await addBuyers(projectPath('agents'), agentsDir, agents);
  const idleBytes = await measureIdle();
  const startedMs = performance.now();
  let firstDealMs: number | undefined;
  const run = execa(
    'node',
    [
      projectPath('scripts/swarm-ops.js'),
      ...['up', '--state', state, '--agents', agentsDir, '--json'],
      ...['--rounds', String(rounds), '--beat-seconds', String(beatSeconds)],
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
  // A run with errors or open trades ends with 1 and reports anyway.
  const report: unknown = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  const scheduledMs = rounds * beatSeconds * 1000;
  process.stdout.write(
    `${JSON.stringify({
      benchmark: 'economy',
      data: data === undefined ? 'sample' : 'logs',
      agents,
      rounds,
      beatSeconds,
      exitCode,
      durationMs,
      firstDealMs: firstDealMs === undefined ? null : Math.round(firstDealMs),
      baseline: { scheduledMs, idleNodePssBytes: idleBytes },
      peakPssBytes: peakBytes,
      ratio: { duration: round(durationMs / scheduledMs), memory: round(peakBytes / idleBytes) },
      beats: countsOf(report),
      trades: pick(report, 'trades'),
      usdcMovedAtomic: pick(report, 'usdcMovedAtomic'),
      owners: report === undefined ? null : await readOwnerShares(join(state, 'vault.git')),
    })}\n`,
  );
  if (exitCode !== 0)
    process.stderr.write(`The run failed. Its last lines:\n${stderr.split('\n').slice(-5).join('\n')}\n`);
  process.exitCode = exitCode === 0 ? 0 : 1;
} finally {
  await rm(state, { recursive: true, force: true });
  await rm(agentsDir, { recursive: true, force: true });
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

/** Beats and errors of all agents, and the most that one agent had in a round. */
function countsOf(report: unknown): unknown {
  const counted = pick(report, 'agents');
  if (!Array.isArray(counted)) return null;
  const numbers = (key: string): number[] => counted.map((agent: unknown) => Number(pick(agent, key)));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const beats = numbers('beats');
  return {
    due: agents * rounds,
    drain: pick(report, 'drainBeats'),
    done: sum(beats),
    mostOfOneAgentInARound: Math.max(...numbers('mostInARound')),
    errors: sum(numbers('errors')),
  };
}

function pick(report: unknown, key: string): unknown {
  return typeof report === 'object' && report !== null && key in report ? Reflect.get(report, key) : null;
}

function round(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}
