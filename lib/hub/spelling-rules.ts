import { setImmediate as nextTurn } from 'node:timers/promises';
import { foldPath } from '../vault/fold-path.ts';
import { type GitPlace, readObjects } from './git-objects.ts';

/** Folding a long name of rare letters takes some 30 µs. */
const FOLDED_AT_ONCE = 500;

/**
 * Finds names of files and folders, new in `head`, that some file system takes for another name beside them: they differ only
 * in case or Unicode form. Reads the folders of the added files, and nothing else.
 */
export async function spellingErrors(
  place: GitPlace,
  before: string,
  head: string,
  added: readonly string[],
): Promise<readonly string[]> {
  /** The names to look for, by folder. */
  const wanted = new Map<string, Set<string>>();
  for (const path of added) {
    const names = path.split('/');
    for (const [depth, name] of names.entries()) {
      const folder = names.slice(0, depth).join('/');
      wanted.set(folder, (wanted.get(folder) ?? new Set()).add(name));
    }
  }
  /** The names that stand beside each of the names that were found, by path. */
  const clashes = new Map<string, string>();
  const objects = [...wanted.keys()].map((folder) => `${head}:${folder}`);
  const trees: (readonly [folder: string, tree: Buffer])[] = [];
  await readObjects(place, objects, (object, bytes) => void trees.push([object.slice(head.length + 1), bytes]));
  let folded = 0;
  for (const [folder, tree] of trees) {
    const at = folder === '' ? '' : `${folder}/`;
    /** The first two entries of each spelling: enough to find another than a name, however many are spelled alike. */
    const bySpelling = new Map<string, string[]>();
    for (const entry of namesOf(tree, head.length / 2)) {
      const spelling = foldPath(entry);
      const some = bySpelling.get(spelling);
      if (some === undefined) bySpelling.set(spelling, [entry]);
      else if (some.length < 2) some.push(entry);
      if (++folded % FOLDED_AT_ONCE === 0) await nextTurn();
    }
    for (const name of wanted.get(folder) ?? []) {
      const other = bySpelling.get(foldPath(name))?.find((entry) => entry !== name);
      if (other !== undefined) clashes.set(`${at}${name}`, `${at}${other}`);
      if (++folded % FOLDED_AT_ONCE === 0) await nextTurn();
    }
  }
  // A folder that was there already isn't this push's error: an earlier one may have put the other beside it.
  await readObjects(
    place,
    [...clashes.keys()].map((path) => `${before}:${path}`),
    (object) => void clashes.delete(object.slice(before.length + 1)),
  );
  return [...clashes].map(
    ([path, other]) =>
      `${show(path)} and ${show(other)} are one on macOS and Windows; choose another name, or delete the other in the same push`,
  );
}

/** The names in a tree object: each entry is a mode, a space, a name, NUL, and an id of `idBytes` bytes. */
function* namesOf(tree: Buffer, idBytes: number): Generator<string> {
  for (let at = 0; at < tree.length; ) {
    const [space, end] = [tree.indexOf(32, at), tree.indexOf(0, at)];
    if (space === -1 || end === -1) return;
    yield tree.toString('utf8', space + 1, end);
    at = end + 1 + idBytes;
  }
}

function show(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
