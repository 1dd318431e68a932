import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const assertion = z.looseObject({ status: z.string(), fullName: z.string() });
const reportSchema = z.looseObject({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(z.looseObject({ assertionResults: z.array(assertion) })),
});

// `npm run test:fleet`: everything about the fleet that can be shown offline. The last line counts; what is skipped is named.
const folder = mkdtempSync(join(tmpdir(), 'kk-test-fleet-'));
try {
  // npm writes this file last, so an installation that broke off is made anew.
  if (!existsSync('infra/node_modules/.package-lock.json')) await run('npm', ['ci', '--prefix', 'infra']);
  const types = await run('npm', ['run', '--silent', '--prefix', 'infra', 'types']);
  if (types !== 0) process.stdout.write("the types of infra don't check: see above\n");
  const file = join(folder, 'report.json');
  const args = [
    ...['run', '--config', 'infra/vitest.config.ts'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  ];
  const code = await run('npx', ['vitest', ...args, ...process.argv.slice(2)]);
  const report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  for (const { status, fullName } of report.testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (status === 'skipped' || status === 'pending') process.stdout.write(`skipped: ${fullName}\n`);
  }
  // A file that doesn't even load has no tests to fail.
  const tests =
    report.numFailedTests > 0 ? report.numFailedTests : code === 0 ? 0 : Math.max(1, report.numFailedTestSuites);
  const failed = tests + (types === 0 ? 0 : 1);
  process.stdout.write(`${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests} skipped\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs a program where everybody sees it; gives its exit code, null if a signal ended it. */
async function run(program: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(program, args, { stdio: 'inherit' });
  const [code] = z.tuple([z.number().nullable(), z.string().nullable()]).parse(await once(child, 'exit'));
  return code;
}
