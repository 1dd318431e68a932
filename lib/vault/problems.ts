import type { NoteProblem } from '../core/note.ts';
import type { OwnerScope } from './owner-scope.ts';
import { createScopeFinder, MORE_PROBLEMS, OVER_BOUND, scopePath } from './scope-tally.ts';

/** How many problems of one code are told of one scope: enough to mend them by hand; the rest is counted. */
const TOLD = 10;

/**
 * Sorts problems by path and keeps the first few of each code in each scope, with one line for the rest of a scope: whoever
 * owns it decides how many there are.
 */
export function boundProblems(problems: readonly NoteProblem[]): readonly NoteProblem[] {
  const scopeOf = createScopeFinder();
  const told = new Map<string, number>();
  const more = new Map<string, { readonly scope: OwnerScope; count: number }>();
  const kept: NoteProblem[] = [];
  for (const problem of [...problems].sort(byPath)) {
    // One of a scope.
    if (problem.code === OVER_BOUND || problem.code === MORE_PROBLEMS) {
      kept.push(problem);
      continue;
    }
    const scope = scopeOf(problem.path);
    const key = `${problem.code} ${scope.folder}`;
    const count = (told.get(key) ?? 0) + 1;
    told.set(key, count);
    if (count <= TOLD) {
      kept.push(problem);
      continue;
    }
    const rest = more.get(scope.folder) ?? { scope, count: 0 };
    rest.count += 1;
    more.set(scope.folder, rest);
  }
  for (const { scope, count } of more.values()) {
    kept.push({ path: scopePath(scope), code: MORE_PROBLEMS, detail: `and ${count} more that can't be read` });
  }
  return more.size === 0 ? kept : kept.sort(byPath);
}

function byPath(a: NoteProblem, b: NoteProblem): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
