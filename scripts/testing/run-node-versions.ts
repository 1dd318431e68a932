import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { formatError, SwarmError } from '../../lib/core/errors.ts';
import { NODE_VERSIONS } from '../build/images/node-archive.ts';
import { buildProgram, tryProgram } from './built-program.ts';
import { nodeFolder } from './node-binary.ts';
import { runVitest } from './run-vitest.ts';
import { closingLines, type TestOutcome } from './vitest-report.ts';

// `npm run test:node [version...]`: starts the built program and runs the unit tests with each version of Node, those of
// NODE_VERSIONS if none is named. One line a version; the last line counts; what failed and what was skipped is named.

/** Tests of what other programs than Node read. */
const ELSEWHERE = ['test/unit/workflows.test.ts', 'test/unit/structure/**'];
const log = (line: string): void => void process.stdout.write(`${line}\n`);
const versions = process.argv.length > 2 ? process.argv.slice(2) : NODE_VERSIONS;

const folder = await mkdtemp(join(tmpdir(), 'kk-node-'));
try {
  const all = await tryAll().catch((error: unknown): TestOutcome => {
    return { passed: 0, failed: [`the run itself failed: ${formatError(error)}`], skipped: [] };
  });
  for (const line of closingLines(all)) log(line);
  process.exitCode = all.failed.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function tryAll(): Promise<TestOutcome> {
  const program = await buildProgram(join(folder, 'built'));
  let all: TestOutcome = { passed: 0, failed: [], skipped: [] };
  for (const version of versions) all = sum(all, await tryVersion(version, program));
  return all;
}

/** Tries one version, its name before what failed and what was skipped; all of it is skipped where it can't be fetched. */
async function tryVersion(version: string, program: string): Promise<TestOutcome> {
  const startMs = performance.now();
  const nodeIn = await nodeFolder(version, log).catch((error: unknown) => {
    if (error instanceof SwarmError) return error;
    throw error;
  });
  if (nodeIn instanceof SwarmError) {
    log(`Node ${version}: skipped`);
    return { passed: 0, failed: [], skipped: [nodeIn.message] };
  }
  const outcome = sum(await tryProgram(program, join(folder, 'built'), nodeIn), await runUnitTests(nodeIn));
  const named = (line: string): string => `Node ${version}: ${line}`;
  const seconds = Math.round((performance.now() - startMs) / 1000);
  log(named(`${closingLines(outcome).at(-1)}, ${seconds} s`));
  return { ...outcome, failed: outcome.failed.map(named), skipped: outcome.skipped.map(named) };
}

async function runUnitTests(nodeIn: string): Promise<TestOutcome> {
  // Transformed files are shared by all versions.
  const cache = ['--experimental.fsModuleCache', `--experimental.fsModuleCachePath=${join(folder, 'modules')}`];
  const excluded = ELSEWHERE.flatMap((file) => ['--exclude', file]);
  const { outcome } = await runVitest(['--project', 'unit', '--no-isolate', ...excluded, ...cache], {
    node: join(nodeIn, 'node'),
    // Programs that a test starts run with the same Node.
    env: { PATH: `${nodeIn}${delimiter}${process.env.PATH ?? ''}` },
    isQuiet: true,
  });
  return outcome;
}

function sum(a: TestOutcome, b: TestOutcome): TestOutcome {
  return {
    passed: a.passed + b.passed,
    failed: [...a.failed, ...b.failed],
    skipped: [...a.skipped, ...b.skipped],
  };
}
