import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

const fileResult = z.object({
  /** The file's path. */
  name: z.string(),
  status: z.string(),
  /** When its first test began and its last one ended, in ms since 1970. */
  startTime: z.number(),
  endTime: z.number(),
  assertionResults: z.array(
    z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
  ),
});
const report = z.object({ testResults: z.array(fileResult) });

/** What vitest's JSON reporter says of a file of tests. */
export type FileResult = z.output<typeof fileResult>;

/** The results of a run of tests. */
export interface TestOutcome {
  readonly passed: number;
  /** The names of what failed, each with the first line of why. */
  readonly failed: readonly string[];
  /** The names of what was skipped: they say what they need. */
  readonly skipped: readonly string[];
}

/** Results by file, as vitest's JSON reporter wrote them; none where it wrote no whole report. */
export async function readResults(file: string): Promise<readonly FileResult[]> {
  const text = await readFile(file, 'utf8').catch(() => 'null');
  const parsed = report.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data.testResults : [];
}

const SLOWEST = 10;

/** The files that took longest, a line each, slowest first. */
export function slowestFiles(files: readonly FileResult[]): readonly string[] {
  return [...files]
    .sort((a, b) => b.endTime - b.startTime - (a.endTime - a.startTime))
    .slice(0, SLOWEST)
    .map(
      ({ name, startTime, endTime }) =>
        `slowest: ${((endTime - startTime) / 1_000).toFixed(1)} s ${relative('', name)}`,
    );
}

/** The names of the tests that have one of the statuses, in the order of the report. */
function testsThat(files: readonly FileResult[], ...statuses: readonly string[]): readonly string[] {
  return files.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => statuses.includes(status)).map(({ fullName }) => fullName),
  );
}

/** Whether something in the file failed, be it the file itself. */
function isBroken({ status }: FileResult): boolean {
  return status === 'failed';
}

/**
 * Sums up files. An error outside the tests of a file counts as a failure, and so does a run without results, or
 * one that fails without a failed test.
 * @param exitCode of vitest, null if a signal ended it.
 */
export function outcomeOf(files: readonly FileResult[], exitCode: number | null): TestOutcome {
  const failed = files.filter(isBroken).flatMap((file) => {
    const tests = file.assertionResults.filter(({ status }) => status === 'failed');
    const path = relative('', file.name);
    if (tests.length === 0) return [`${path} broke off outside its tests`];
    return tests.map(({ fullName, failureMessages }) => `${path}: ${fullName}${whyOf(failureMessages ?? [])}`);
  });
  return {
    passed: testsThat(files, 'passed').length,
    failed: failed.length === 0 && (exitCode !== 0 || files.length === 0) ? ['the run itself broke off'] : failed,
    skipped: [...new Set(testsThat(files, 'pending', 'skipped', 'todo'))],
  };
}

/** The lines that close a run: what was skipped and what failed by name, the counts last. */
export function closingLines({ passed, failed, skipped }: TestOutcome): readonly string[] {
  return [
    ...skipped.map((name) => `skipped: ${name}`),
    ...failed.map((name) => `failed: ${name}`),
    `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
  ];
}

const WHY_LENGTH = 300;

function whyOf(messages: readonly string[]): string {
  const line = stripVTControlCharacters(messages[0] ?? '').split('\n', 1)[0] ?? '';
  return line === '' ? '' : ` (${line.slice(0, WHY_LENGTH)})`;
}
