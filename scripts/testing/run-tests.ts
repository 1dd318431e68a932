import { runVitest } from './run-vitest.ts';
import { closingLines, slowestFiles } from './vitest-report.ts';

/** The kinds of `npm test`, and those that have a command of their own in package.json. */
const TESTS = ['unit', 'contracts', 'integration', 'economy'] as const;
const OTHERS = ['services', 'e2e', 'soak'] as const;

/** Cases of each property that a soak tries; 100 elsewhere. */
const SOAK_PROPERTY_RUNS = '1500';

// `npm test`: all kinds of TESTS in one run of vitest, or those that are named. The last line counts; what failed and what
// was skipped is named above it, after the slowest files.
const wanted = process.argv.slice(2);
const unknown = wanted.filter((kind) => ![...TESTS, ...OTHERS].some((one) => one === kind));
if (unknown.length > 0) {
  process.stderr.write(
    `${unknown.join(', ')}: no such kind of test. Choose from ${[...TESTS, ...OTHERS].join(', ')}; without one, ${TESTS.join(', ')} run.\n`,
  );
  process.exit(2);
}

const isSoak = wanted.includes('soak');
// A soak is the long runs, and the properties on many seeds.
const kinds = [...(wanted.length > 0 ? wanted : TESTS), ...(isSoak ? ['unit'] : [])];
const env = isSoak ? { KK_PROPERTY_RUNS: process.env.KK_PROPERTY_RUNS ?? SOAK_PROPERTY_RUNS } : {};
const { files, outcome } = await runVitest(
  kinds.map((kind) => `--project=${kind}`),
  { env },
);
for (const line of [...slowestFiles(files), ...closingLines(outcome)]) process.stdout.write(`${line}\n`);
process.exitCode = outcome.failed.length > 0 ? 1 : 0;
