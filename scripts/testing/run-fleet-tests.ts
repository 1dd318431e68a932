import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { projectPath } from '../../lib/files/project.ts';
import { runVitest } from './run-vitest.ts';
import { closingLines } from './vitest-report.ts';

// `npm run test:fleet`: all tests of the fleet that run offline. The last line counts; what is skipped is named.
// npm writes this file last, so an incomplete installation is repeated.
if (!existsSync(projectPath('infra/node_modules/.package-lock.json'))) await npm('ci', '--prefix', 'infra');
const checking = npm('run', '--silent', '--prefix', 'infra', 'types');
const { outcome } = await runVitest(['--config', 'infra/vitest.config.ts', ...process.argv.slice(2)]);
const failed = (await checking) ? outcome.failed : [...outcome.failed, "the types of infra don't check"];
for (const line of closingLines({ ...outcome, failed })) process.stdout.write(`${line}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Runs npm where everybody sees it; gives whether it ended well. */
async function npm(...args: readonly string[]): Promise<boolean> {
  const { failed } = await execa('npm', args, { cwd: projectPath('.'), stdio: 'inherit', reject: false });
  return !failed;
}
