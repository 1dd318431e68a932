import { basename } from 'node:path';
import { type CorpusFolder, type LogFile, type NotTakenKind, SETTINGS_FILE, strayDetail } from './corpus-folder.ts';
import { formsThatAreRead } from './formats/formats.ts';
import type { IngestIndex } from './ingest-index.ts';
import { UNRECOGNIZED } from './ingest-logs.ts';

/** A file that couldn't be used, and why. Its name is not sanitized: clean it before showing it. */
export interface CorpusProblem {
  readonly file: string;
  readonly code: string;
  readonly detail: string;
}

/** The problem of settings that can't be used. */
export function settingsProblem(detail: string): CorpusProblem {
  return { file: SETTINGS_FILE, code: 'products/bad-corpus-settings', detail };
}

/** What files couldn't be used; those in no known form are one problem, with the first of them as an example. */
export function problemsOf(logs: readonly LogFile[], index: IngestIndex): CorpusProblem[] {
  const byCode = new Map<string, CorpusProblem[]>();
  for (const { name } of logs) {
    const problem = index.files.get(name)?.problem;
    if (problem !== undefined)
      byCode.set(problem.code, [...(byCode.get(problem.code) ?? []), { file: name, ...problem }]);
  }
  const last = ([code]: readonly [string, unknown]): number => (code === UNRECOGNIZED ? 1 : 0);
  return [...byCode]
    .sort((a, b) => last(a) - last(b))
    .flatMap(([code, all]) => {
      const [example, ...more] = all;
      if (example === undefined) return [];
      if (code === UNRECOGNIZED) {
        const count = more.length === 0 ? 'this file is' : `this and ${more.length} more files are`;
        return [{ ...example, detail: `${count} in none of the forms that are read: ${formsThatAreRead()}` }];
      }
      if (all.length <= MAX_ALIKE) return all;
      return [{ ...example, detail: `${example.detail}; so it is with ${more.length} more files` }];
    });
}

/** So many problems of one kind are told one by one. */
const MAX_ALIKE = 5;

const WHY_NOT: Readonly<Record<NotTakenKind, (isOne: boolean) => string>> = {
  'too-deep': (isOne) => `${isOne ? 'lies' : 'lie'} too deep: folders are read eight deep`,
  link: (isOne) => `${isOne ? 'is a link' : 'are links'} to a folder or to nothing: only links to files are followed`,
  unreadable: () => 'cannot be read: give the seller the right to read',
  special: (isOne) => `${isOne ? 'is' : 'are'} no file`,
};

/** What of the folder isn't read, and settings that aren't. */
export function folderProblems({ notTaken, strays }: CorpusFolder, settingsPath: string): CorpusProblem[] {
  const left = notTaken.map(({ kind, count, example }) => {
    const why = WHY_NOT[kind](count === 1);
    return {
      file: example,
      code: 'products/not-taken',
      detail: count === 1 ? why : `this and ${count - 1} more ${why}`,
    };
  });
  if (strays.length === 0) return left;
  const detail = strayDetail(strays, basename(settingsPath));
  return [{ file: strays[0] ?? '', code: 'products/stray-corpus-settings', detail }, ...left];
}

/** The problem of opt-outs that matched nobody: how many, not whom. */
export function unmatched(count: number, of: number): CorpusProblem {
  const detail = `${count} of ${of} opt-outs matched nobody in these logs; check their spelling`;
  return { file: SETTINGS_FILE, code: 'products/opt-outs-unmatched', detail };
}
