import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blobDigest,
  changesBetween,
  clashes,
  EMPTY_TREE,
  fileAt,
  type Tree,
  withFiles,
} from '../../../lib/vault/tree.ts';

const path = fc.constantFrom('a.md', 'x/a.md', 'x/b.md', 'x/y/a.md', 'z/a.md');
const changes = fc.array(fc.tuple(path, fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined })), {
  maxLength: 12,
});

function apply(tree: Tree, list: readonly (readonly [string, string | undefined])[]): Tree {
  return withFiles(
    tree,
    list.map(([at, digest]) => [at, digest === undefined ? undefined : { path: at, digest, sizeBytes: 1 }] as const),
  );
}

function flat(tree: Tree): Record<string, string> {
  return Object.fromEntries(
    [...tree.folders.values()].flatMap((folder) => [...folder].map(([at, { digest }]) => [at, digest])),
  );
}

describe('a tree', () => {
  it('holds what was put last and leaves the tree before as it was', () => {
    fc.assert(
      fc.property(changes, changes, (first, second) => {
        const before = apply(EMPTY_TREE, first);
        const frozen = flat(before);
        const after = apply(before, second);
        const model: Record<string, string> = { ...frozen };
        for (const [at, digest] of second) {
          if (digest === undefined) delete model[at];
          else model[at] = digest;
        }
        expect(flat(after)).toEqual(model);
        expect(flat(before)).toEqual(frozen);
      }),
    );
  });

  it('differs from another by changes that lead there', () => {
    fc.assert(
      fc.property(changes, changes, (first, second) => {
        const before = apply(EMPTY_TREE, first);
        const after = apply(before, second);
        const steps = changesBetween(before, after);
        expect(
          flat(
            apply(
              before,
              steps.map(({ path: at, to }) => [at, to?.digest] as const),
            ),
          ),
        ).toEqual(flat(after));
        expect(steps.every(({ from, to }) => from?.digest !== to?.digest)).toBe(true);
      }),
    );
  });

  it('shares files that are the same, with what is cached on them', () => {
    const before = apply(EMPTY_TREE, [
      ['x/a.md', '1'],
      ['z/a.md', '1'],
    ]);
    const after = apply(before, [
      ['x/a.md', '1'],
      ['x/b.md', '2'],
    ]);
    expect(fileAt(after, 'x/a.md')).toBe(fileAt(before, 'x/a.md'));
    expect(after.folders.get('z')).toBe(before.folders.get('z'));
  });

  it('knows where a file and a folder would clash', () => {
    const tree = apply(EMPTY_TREE, [['x/y/a.md', '1']]);
    for (const bad of ['x', 'x/y', 'x/y/a.md/b', 'x/y/a.md/b/c']) expect(clashes(tree, bad), bad).toBe(true);
    for (const good of ['x/y/a.md', 'x/y2', 'x/a', 'y']) expect(clashes(tree, good), good).toBe(false);
  });

  it('names blobs as git does', () => {
    expect(blobDigest(Buffer.from('hello\n'), '0'.repeat(40))).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  });
});
