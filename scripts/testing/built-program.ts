import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectPath } from '../../lib/files/project.ts';
import type { TestOutcome } from './vitest-report.ts';

/** The smallest set of agents that trades: a seller, a buyer, and the coordinator. */
const AGENTS = ['kk-karma-hello', 'kk-skill-extractor', 'kk-coordinator'];
const COMMAND_MS = 600_000;

/** A call of the program, and its expected outcome. */
interface Check {
  readonly name: string;
  /** What starts it, where that isn't the built program. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly says: RegExp;
}

/** Builds the program as images hold it, with a few agents to run; `folder` is empty. Gives the path of what starts it. */
export async function buildProgram(folder: string): Promise<string> {
  await execa(process.execPath, ['--import', 'tsx', 'scripts/build/bundle-program.ts', folder], {
    cwd: projectPath('.'),
  });
  // As in the image that serves a chain.
  const packages = join(folder, 'app/node_modules');
  await mkdir(packages);
  await symlink(projectPath('node_modules/@foundry-rs'), join(packages, '@foundry-rs'), 'dir');
  for (const agent of AGENTS) {
    await cp(projectPath(`agents/${agent}`), join(folder, 'agents', agent), { recursive: true });
  }
  return join(folder, 'app/scripts/swarm-ops.js');
}

/** Starts the program that {@link buildProgram} made in the folder with the `node` of another folder, once for each check. */
export async function tryProgram(built: string, folder: string, nodeIn: string): Promise<TestOutcome> {
  const failed: string[] = [];
  const state = join(folder, 'state');
  const checks = checksOn(join(folder, 'agents'));
  for (const { name, program = built, args, exitCode, says } of checks) {
    const ended = await execa(join(nodeIn, 'node'), [program, ...args], {
      reject: false,
      timeout: COMMAND_MS,
      env: { KK_STATE: state },
    });
    const said = `${ended.stdout}\n${ended.stderr}`;
    if (ended.exitCode === exitCode && says.test(said)) continue;
    failed.push(`the program ${name} (exit code ${ended.exitCode}: ${said.trim().split('\n').at(-1)})`);
  }
  return { passed: checks.length - failed.length, failed, skipped: [] };
}

function checksOn(agents: string): readonly Check[] {
  return [
    { name: 'shows its version', args: ['--version'], exitCode: 0, says: /^\d+\.\d+\.\d+/ },
    { name: 'shows its help', args: ['--help'], exitCode: 0, says: /^Usage: swarm-ops/ },
    { name: 'refuses an option', args: ['up', '--rounds', 'many'], exitCode: 2, says: /--rounds "many" is not/ },
    { name: 'finds no swarm', args: ['status'], exitCode: 3, says: /There is no swarm's state/ },
    {
      name: 'starts from its sources',
      program: projectPath('scripts/swarm-ops.js'),
      args: ['status'],
      exitCode: 3,
      says: /There is no swarm's state/,
    },
    {
      name: 'runs a swarm to its report',
      args: ['up', '--rounds', '1', '--beat-seconds', '1', '--json', '--agents', agents],
      exitCode: 0,
      says: /^\{"apiVersion":"karmakadabra\/v1","kind":"RunReport"/,
    },
    { name: 'removes its state', args: ['reset', '--yes'], exitCode: 0, says: /./ },
  ];
}
