// Measures how long commands take: npm run --silent bench:cli -- [trades]. Looks at a stopped swarm of so many trades (2,000).
// Times are medians in milliseconds; ratios are to `node -e 0`, called in turn with the commands.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectPath } from '../../lib/files/project.ts';
import { makeState } from './make-state.ts';

const [trades = 2000] = process.argv.slice(2).map(Number);
const ROUNDS = 7;
/** The unit of processor times in /proc/self/stat. */
const TICK_MS = 10;

interface Measured {
  readonly wallMs: number[];
  cpuMs: number;
}

const folder = await mkdtemp(join(tmpdir(), 'kk-bench-cli-'));
try {
  const state = join(folder, 'state');
  const { trade } = await makeState(state, trades);
  const program = projectPath('scripts/swarm-ops.js');
  const commands: Readonly<Record<string, readonly string[]>> = {
    baseline: ['-e', '0'],
    help: [program, '--help'],
    status: [program, 'status', '--state', state],
    trades: [program, 'trades', '--state', state],
    open: [program, 'open', trade, '--state', state],
  };
  // Not measured: the first start after a change of the sources writes the bundle.
  measure([program, '--version'], { wallMs: [], cpuMs: 0 });
  const measured = new Map(Object.keys(commands).map((name): [string, Measured] => [name, { wallMs: [], cpuMs: 0 }]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, one] of measured) measure(commands[name] ?? [], one);
  }
  const base = summaryOf(measured.get('baseline'));
  const results = [...measured].map(([name, one]) => {
    const { wallMs, cpuMs } = summaryOf(one);
    const ratio = { wall: round2(wallMs / base.wallMs), cpu: round2(cpuMs / base.cpuMs) };
    return [name, { wallMs: Math.round(wallMs), cpuMs: Math.round(cpuMs), ratio }] as const;
  });
  process.stdout.write(
    `${JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'CliBench', trades, rounds: ROUNDS, commands: Object.fromEntries(results) })}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Runs Node once and adds its times to the results. @throws Error where it fails. */
function measure(args: readonly string[], into: Measured): void {
  const cpuBefore = childrenMs();
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  into.wallMs.push(performance.now() - started);
  into.cpuMs += childrenMs() - cpuBefore;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}: ${stderr}`);
}

/** The processor time of all ended children (proc(5): 16th and 17th field); 0 where there is no /proc. */
function childrenMs(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  } catch {
    return 0;
  }
}

function summaryOf(one: Measured | undefined): { readonly wallMs: number; readonly cpuMs: number } {
  const sorted = [...(one?.wallMs ?? [])].sort((a, b) => a - b);
  return { wallMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, cpuMs: (one?.cpuMs ?? 0) / ROUNDS };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
