import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { closingLines, outcomeOf, readResults } from './vitest-report.ts';

// `npm run test:fleet`: everything about the fleet that can be shown offline. The last line counts; what is skipped is named.
const folder = mkdtempSync(join(tmpdir(), 'kk-test-fleet-'));
try {
  // npm writes this file last, so an installation that broke off is made anew.
  if (!existsSync('infra/node_modules/.package-lock.json')) await run('npm', ['ci', '--prefix', 'infra']);
  const checking = run('npm', ['run', '--silent', '--prefix', 'infra', 'types']);
  const file = join(folder, 'report.json');
  const args = [
    ...['run', '--config', 'infra/vitest.config.ts'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  ];
  const code = await run('npx', ['vitest', ...args, ...process.argv.slice(2)]);
  const types = await checking;
  const tests = outcomeOf(await readResults(file), code);
  const failed = types === 0 ? tests.failed : [...tests.failed, "the types of infra don't check"];
  for (const line of closingLines({ ...tests, failed })) process.stdout.write(`${line}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs a program where everybody sees it; gives its exit code, null if a signal ended it. */
async function run(program: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(program, args, { stdio: 'inherit' });
  const [code] = z.tuple([z.number().nullable(), z.string().nullable()]).parse(await once(child, 'exit'));
  return code;
}
