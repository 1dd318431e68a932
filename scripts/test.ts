import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';

/** The kinds of test, in the order in which they run: the quick ones first. */
const KINDS = ['unit', 'contracts', 'integration', 'e2e'] as const;

/** Kinds that depend on other processes getting their turn, so that a busy machine can fail them once. */
const RETRIED: readonly string[] = ['integration', 'e2e'];
const SECOND_TRY = '--second-try';

const fileResult = z.object({
  name: z.string(),
  status: z.string(),
  assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
});
type FileResult = z.output<typeof fileResult>;

interface Count {
  readonly kind: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
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

const counts: Count[] = [];
const skips: string[] = [];
const lucky: string[] = [];
for (const kind of KINDS) {
  if (wanted.length === 0 || wanted.includes(kind)) counts.push(await runKind(kind));
}
for (const reason of [...new Set(skips)]) process.stdout.write(`skipped: ${reason}\n`);
for (const name of lucky) process.stdout.write(`failed, then passed at the second try: ${name}\n`);
for (const { kind, passed, failed, skipped } of counts) {
  process.stdout.write(`${`${kind}:`.padEnd(12)} ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
}
const sum = (pick: (count: Count) => number): number => counts.reduce((total, count) => total + pick(count), 0);
const failed = sum((count) => count.failed);
process.stdout.write(
  `${sum((count) => count.passed)} passed, ${failed} failed, ${sum((count) => count.skipped)} skipped\n`,
);
process.exitCode = failed > 0 ? 1 : 0;

/** Runs the tests of a kind; where asked, files that failed run once more and their second result counts. */
async function runKind(kind: string): Promise<Count> {
  process.stdout.write(`\n== ${kind} tests ==\n`);
  const first = await runFiles(kind, []);
  const broken = first.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (!secondTry || !RETRIED.includes(kind) || broken.length === 0) return countOf(kind, first);
  process.stdout.write(`\n== ${kind} tests once more: ${broken.length} of the files failed ==\n`);
  const second = await runFiles(kind, broken);
  const failedAgain = new Set(testsThat(second, ['failed']));
  lucky.push(...testsThat(first, ['failed']).filter((name) => !failedAgain.has(name)));
  return countOf(kind, [...first.filter(({ name }) => !broken.includes(name)), ...second]);
}

function countOf(kind: string, files: readonly FileResult[]): Count {
  const skippedTests = testsThat(files, ['pending', 'skipped', 'todo']);
  // Their names say what they need.
  skips.push(...skippedTests.map((name) => `${kind}: ${name}`));
  const failedTests = testsThat(files, ['failed']).length;
  // A file that breaks off outside its tests counts as one failure.
  const brokenFiles = files.filter((file) => file.status === 'failed' && testsThat([file], ['failed']).length === 0);
  return {
    kind,
    passed: testsThat(files, ['passed']).length,
    failed: failedTests + brokenFiles.length,
    skipped: skippedTests.length,
  };
}

function testsThat(files: readonly FileResult[], statuses: readonly string[]): readonly string[] {
  return files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => statuses.includes(status))
    .map(({ fullName }) => fullName);
}

/** The results of a kind's files, of all or of those given. A run that breaks off is a failed file without tests. */
async function runFiles(kind: string, files: readonly string[]): Promise<readonly FileResult[]> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-test-'));
  const outputFile = join(dir, 'results.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  try {
    const { exitCode } = await execa('npx', ['vitest', 'run', '--project', kind, ...reporters, ...files], {
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    });
    const text = await readFile(outputFile, 'utf8').catch(() => 'null');
    const parsed = z.object({ testResults: z.array(fileResult) }).safeParse(JSON.parse(text));
    const results = parsed.success ? parsed.data.testResults : [];
    const isTold = results.some(({ status }) => status === 'failed');
    if (exitCode === 0 || isTold) return results;
    return [...results, { name: '(the run itself)', status: 'failed', assertionResults: [] }];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
