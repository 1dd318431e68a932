import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectPath } from '../../lib/files/project.ts';
import { type FileResult, outcomeOf, readResults, type TestOutcome } from './vitest-report.ts';

/** Options of a run of vitest. */
export interface VitestOptions {
  /** The `node` that runs it; the running one if absent. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether only its errors are shown. */
  readonly isQuiet?: boolean;
}

/** What vitest reported, file by file and in sum. */
export interface VitestResults {
  readonly files: readonly FileResult[];
  readonly outcome: TestOutcome;
}

/** Runs `vitest run` with arguments in the project's folder and reads what it reports. */
export async function runVitest(
  args: readonly string[],
  { node = process.execPath, env = {}, isQuiet = false }: VitestOptions = {},
): Promise<VitestResults> {
  const folder = await mkdtemp(join(tmpdir(), 'kk-vitest-'));
  const file = join(folder, 'results.json');
  const reporters = [...(isQuiet ? [] : ['--reporter=default']), '--reporter=json', `--outputFile.json=${file}`];
  try {
    const vitest = [projectPath('node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args];
    const { exitCode } = await execa(node, vitest, {
      cwd: projectPath('.'),
      stdio: ['ignore', isQuiet ? 'ignore' : 'inherit', 'inherit'],
      env,
      reject: false,
    });
    const files = await readResults(file);
    return { files, outcome: outcomeOf(files, exitCode ?? null) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
