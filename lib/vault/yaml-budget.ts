import type { NoteProblem } from '../core/note.ts';
import type { OwnerScope } from './owner-scope.ts';
import { createScopeFinder, OVER_BOUND, scopePath } from './scope-tally.ts';
import type { Folder, Tree, TreeFile } from './tree.ts';

/** A file whose front matter needs the YAML parser. */
export interface YamlFile {
  readonly file: TreeFile;
  readonly yamlBytes: number;
}

/** A tree whose notes over the bound on YAML are marked as not to be parsed. */
export interface Budgeted {
  readonly tree: Tree;
  /** The files with YAML that may be parsed. */
  readonly allowed: readonly TreeFile[];
  readonly problems: readonly NoteProblem[];
}

interface ScopeBudget {
  readonly lists: readonly (readonly YamlFile[])[];
  readonly allowed: readonly TreeFile[];
  readonly over: ReadonlySet<TreeFile>;
  readonly problem: NoteProblem | undefined;
}

/**
 * Decides of each scope which notes with front matter in free form are parsed: what fits its bound on YAML, in the order of
 * paths. Remembers what it decided for the last tree, so that only changed scopes cost.
 */
export function createYamlBudget(): (tree: Tree, yamlFilesOf: (folder: Folder) => readonly YamlFile[]) => Budgeted {
  let known = new Map<string, ScopeBudget>();
  const marked = new WeakMap<Folder, { readonly over: readonly TreeFile[]; readonly folder: Folder }>();

  function mark(folder: Folder, over: readonly TreeFile[]): Folder {
    const before = marked.get(folder);
    if (before?.over.length === over.length && before.over.every((file, at) => file === over[at])) return before.folder;
    const copy = new Map(folder);
    for (const file of over) copy.set(file.path, { ...file, isUnparsed: true });
    marked.set(folder, { over, folder: copy });
    return copy;
  }

  return (tree, yamlFilesOf) => {
    const byScope = new Map<string, { readonly scope: OwnerScope; readonly lists: (readonly YamlFile[])[] }>();
    const folders: [name: string, folder: Folder, files: readonly YamlFile[]][] = [];
    const scopeOf = createScopeFinder();
    for (const [name, folder] of tree.folders) {
      const files = yamlFilesOf(folder);
      if (files.length > 0) folders.push([name, folder, files]);
      for (const [scope, list] of splitByScope(files, scopeOf)) {
        const lists = byScope.get(scope.folder)?.lists;
        if (lists === undefined) byScope.set(scope.folder, { scope, lists: [list] });
        else lists.push(list);
      }
    }
    const next = new Map<string, ScopeBudget>();
    for (const [folder, { scope, lists }] of byScope) {
      const before = known.get(folder);
      const isSame =
        before?.lists.length === lists.length && before.lists.every((list, at) => isEqual(list, lists[at]));
      next.set(folder, isSame ? before : decide(scope, lists));
    }
    known = next;
    const over = new Set([...next.values()].flatMap((scope) => [...scope.over]));
    const changed = folders.flatMap(([name, folder, files]): [string, Folder][] => {
      const overHere = files.flatMap(({ file }) => (over.has(file) ? [file] : []));
      return overHere.length === 0 ? [] : [[name, mark(folder, overHere)]];
    });
    return {
      tree: changed.length === 0 ? tree : { folders: new Map([...tree.folders, ...changed]) },
      allowed: [...next.values()].flatMap((scope) => scope.allowed),
      problems: [...next.values()].flatMap(({ problem }) => problem ?? []),
    };
  };
}

function decide(scope: OwnerScope, lists: readonly (readonly YamlFile[])[]): ScopeBudget {
  const files = lists.flat().sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const [allowed, over]: [TreeFile[], Set<TreeFile>] = [[], new Set()];
  let [all, used] = [0, 0];
  for (const { file, yamlBytes } of files) {
    all += yamlBytes;
    if (used + yamlBytes > scope.bounds.yamlBytes) over.add(file);
    else {
      used += yamlBytes;
      allowed.push(file);
    }
  }
  const detail =
    `${over.size} of ${files.length} notes with front matter in free form are not parsed: it has ${all} bytes, ` +
    `the bound is ${scope.bounds.yamlBytes}`;
  const problem = over.size === 0 ? undefined : { path: scopePath(scope), code: OVER_BOUND, detail };
  return { lists, allowed, over, problem };
}

/** One folder of people's can have files of several scopes. */
function splitByScope(
  files: readonly YamlFile[],
  scopeOf: (path: string) => OwnerScope,
): Iterable<readonly [OwnerScope, readonly YamlFile[]]> {
  const found = new Map<string, [OwnerScope, YamlFile[]]>();
  for (const one of files) {
    const scope = scopeOf(one.file.path);
    const list = found.get(scope.folder);
    if (list === undefined) found.set(scope.folder, [scope, [one]]);
    else list[1].push(one);
  }
  return found.values();
}

function isEqual(a: readonly YamlFile[], b: readonly YamlFile[] | undefined): boolean {
  return a.length === b?.length && a.every(({ file }, at) => file === b[at]?.file);
}
