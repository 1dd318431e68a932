import { SwarmError } from '../core/errors.ts';
import { PEOPLE } from '../core/ids.ts';
import { SEED } from './history.ts';
import { checkPath, isSafePath, pathOwner, savedCopyPath, writerOf } from './paths.ts';
import type { EditOperation, HostWrite } from './spool.ts';
import { blobDigest, clashes, clashingPart, fileAt, type Tree, type TreeFile, withFiles } from './tree.ts';

/** What replaying reads. */
export interface ReplayPorts {
  readonly read: (file: TreeFile) => Promise<Buffer>;
  /** The author of the last commit that touched the path; undefined where overwritten edits need not be kept. */
  readonly lastAuthor: ((path: string) => Promise<string | undefined>) | undefined;
  /** Any id of the repository: new ids get its length. */
  readonly like: string;
}

/** A write applied to a head. `paths` are those that changed; empty when the head already has all of it. */
export interface Replayed {
  readonly tree: Tree;
  readonly paths: readonly string[];
  /** The copies that keep the people's versions this write replaces. */
  readonly saved: readonly string[];
}

/**
 * Applies a write's operations to a head: a put replaces the file, an append adds to its end, a delete removes it.
 * What a person changed meanwhile is saved in a copy beside it.
 * @throws SwarmError `vault/path-clash` when a path is a folder or passes through a file.
 */
export async function replayWrite(head: Tree, write: HostWrite, ports: ReplayPorts): Promise<Replayed> {
  let tree = head;
  const saved = new Set<string>();
  const touched = new Set<string>();

  const set = (path: string, content: Buffer | undefined) => {
    if (content !== undefined && clashes(tree, path)) throw clash(writerOf(write, path), path);
    const file =
      content === undefined
        ? undefined
        : { path, digest: blobDigest(content, ports.like), sizeBytes: content.length, content };
    tree = withFiles(tree, [[path, file]]);
    touched.add(path);
  };
  const keep = (path: string, content: Buffer) => {
    const copy = savedCopyPath(clashingPart(tree, path) ?? path, blobDigest(content, ports.like));
    set(copy, content);
    saved.add(copy);
  };
  const keepForeign = async (path: string, next: Buffer | undefined) => {
    const file = fileAt(head, path);
    if (ports.lastAuthor === undefined || file === undefined || touched.has(path)) return;
    if (next !== undefined && blobDigest(next, ports.like) === file.digest) return;
    const author = await ports.lastAuthor(path);
    if (author === undefined || author === SEED || author === writerOf(write, path)) return;
    keep(path, await ports.read(file));
  };

  for (const operation of write.operations) {
    const { op, path } = operation;
    if (op === 'edit') {
      if (!isSafePath(path)) continue;
      // An edit that has no room must not take those beside it with it.
      if (operation.content !== null && clashes(tree, path)) keep(path, Buffer.from(operation.content, 'base64'));
      else await applyEdit(operation, fileAt(tree, path), ports, set, keep);
      continue;
    }
    checkPath(writerOf(write, path), path);
    const file = fileAt(tree, path);
    if (op === 'put') {
      const next = Buffer.from(operation.text);
      await keepForeign(path, next);
      set(path, next);
    } else if (op === 'append') {
      const before = file === undefined ? Buffer.alloc(0) : await ports.read(file);
      set(path, Buffer.concat([before, separator(before), Buffer.from(operation.text)]));
    } else if (file !== undefined) {
      await keepForeign(path, undefined);
      set(path, undefined);
    }
  }
  const paths = [...touched].filter((path) => fileAt(head, path)?.digest !== fileAt(tree, path)?.digest);
  return { tree, paths, saved: [...saved] };
}

async function applyEdit(
  edit: EditOperation,
  current: TreeFile | undefined,
  ports: ReplayPorts,
  set: (path: string, content: Buffer | undefined) => void,
  keep: (path: string, content: Buffer) => void,
): Promise<void> {
  const mine = edit.content === null ? undefined : Buffer.from(edit.content, 'base64');
  if (mine === undefined) {
    if (current !== undefined && current.digest === edit.base) set(edit.path, undefined);
    return;
  }
  if (current?.digest === blobDigest(mine, ports.like)) return;
  if ((current?.digest ?? null) === edit.base) return set(edit.path, mine);
  // A note that its agent took away doesn't come back by an edit of it.
  if (current === undefined) return pathOwner(edit.path) === PEOPLE ? set(edit.path, mine) : keep(edit.path, mine);
  const theirs = await ports.read(current);
  const base =
    edit.base === null
      ? undefined
      : await ports.read({ path: edit.path, digest: edit.base, sizeBytes: 0 }).catch(() => undefined);
  // Both only appended, as people and agents do in logs: both additions are kept, one after the other.
  if (base !== undefined && base.length > 0 && startsWith(mine, base) && startsWith(theirs, base)) {
    return set(edit.path, Buffer.concat([theirs, separator(theirs), mine.subarray(base.length)]));
  }
  keep(edit.path, mine);
}

/** The newline to append after a last line that has none. */
function separator(before: Buffer): Buffer {
  return before.length > 0 && before.at(-1) !== 10 ? Buffer.from('\n') : Buffer.alloc(0);
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.length >= prefix.length && bytes.subarray(0, prefix.length).equals(prefix);
}

function clash(author: string, path: string): SwarmError {
  return new SwarmError({
    code: 'vault/path-clash',
    disposition: 'stop',
    message: `${author} can't write ${path}: it is a folder, or a part of it is a file`,
    next: 'Choose another path, or delete the file or folder that is there.',
  });
}
