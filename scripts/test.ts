import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { closingLines, type FileResult, isBroken, outcomeOf, readResults, testsThat } from './testing/vitest-report.ts';

/** The kinds of test, in the order in which they run: the quick ones first. */
const KINDS = ['unit', 'contracts', 'integration', 'e2e'] as const;

/** Kinds that depend on other processes getting their turn, so that a busy machine can fail them once. */
const RETRIED: readonly string[] = ['integration', 'e2e'];
const SECOND_TRY = '--second-try';

interface KindRun {
  readonly files: readonly FileResult[];
  readonly exitCode: number | null;
}

const words = process.argv.slice(2);
const secondTry = words.includes(SECOND_TRY);
const wanted = words.filter((word) => word !== SECOND_TRY);
const unknown = wanted.filter((kind) => !KINDS.some((one) => one === kind));
if (unknown.length > 0) {
  process.stderr.write(
    `${unknown.join(', ')}: no such kind of test. Choose from ${KINDS.join(', ')}, or none for all; ${SECOND_TRY} runs files of ${RETRIED.join(' and ')} that failed once more.\n`,
  );
  process.exit(2);
}

const lucky: string[] = [];
const perKind: string[] = [];
const files: FileResult[] = [];
let exitCode: number | null = 0;
for (const kind of KINDS) {
  if (wanted.length > 0 && !wanted.includes(kind)) continue;
  const run = await runKind(kind);
  files.push(...run.files);
  if (run.exitCode !== 0) exitCode = run.exitCode;
  perKind.push(`${`${kind}:`.padEnd(12)} ${closingLines(outcomeOf(run.files, run.exitCode)).at(-1)}`);
}
const outcome = outcomeOf(files, exitCode);
const closing = closingLines(outcome);
for (const line of closing.slice(0, -1)) process.stdout.write(`${line}\n`);
for (const name of lucky) process.stdout.write(`failed, then passed at the second try: ${name}\n`);
for (const line of perKind) process.stdout.write(`${line}\n`);
process.stdout.write(`${closing.at(-1)}\n`);
process.exitCode = outcome.failed.length > 0 ? 1 : 0;

/** Runs the tests of a kind; where asked, files that failed run once more and their second result counts. */
async function runKind(kind: string): Promise<KindRun> {
  process.stdout.write(`\n== ${kind} tests ==\n`);
  const first = await runFiles(kind, []);
  const broken = first.files.filter(isBroken).map(({ name }) => name);
  if (!secondTry || !RETRIED.includes(kind) || broken.length === 0) return first;
  process.stdout.write(`\n== ${kind} tests once more: ${broken.length} of the files failed ==\n`);
  const second = await runFiles(kind, broken);
  const passedNow = new Set(testsThat(second.files, 'passed'));
  lucky.push(...testsThat(first.files, 'failed').filter((name) => passedNow.has(name)));
  return {
    files: [...first.files.filter(({ name }) => !broken.includes(name)), ...second.files],
    exitCode: second.exitCode,
  };
}

/** Runs a kind's files, all or those given. */
async function runFiles(kind: string, chosen: readonly string[]): Promise<KindRun> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-test-'));
  const outputFile = join(dir, 'results.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  try {
    const { exitCode } = await execa('npx', ['vitest', 'run', '--project', kind, ...reporters, ...chosen], {
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    });
    return { files: await readResults(outputFile), exitCode: exitCode ?? null };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
