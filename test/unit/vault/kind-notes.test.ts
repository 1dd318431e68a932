import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFolderNotes, createJoiner, type FileNotes } from '../../../lib/vault/kind-notes.ts';
import type { Kind, ParsedNote } from '../../../lib/vault/parsed-note.ts';
import { EMPTY_TREE, type Tree, type TreeFile, withFiles } from '../../../lib/vault/tree.ts';

// The joiner never parses: only the paths of the kind count.
const kind = { kind: 'k', version: 1, path: /^agents\/([^/]+)\/t\/.*\.md$/, schema: undefined } as unknown as Kind;

/** An index like that of a cache, which counts how many notes it parsed. */
function indexed() {
  const files: FileNotes = new WeakMap();
  const folders = new WeakMap<object, ReturnType<typeof createFolderNotes>>();
  const join = createJoiner();
  let parsed = 0;
  const parse = ({ path, digest }: TreeFile): ParsedNote => {
    parsed += 1;
    return { note: { path, digest, data: {} } };
  };
  return {
    read: (tree: Tree) =>
      join(
        [...tree.folders.values()].map((folder) => {
          const found = folders.get(folder) ?? createFolderNotes(kind, folder, files, parse);
          folders.set(folder, found);
          return found;
        }),
      ),
    parsed: () => parsed,
  };
}

const fileOf = (path: string, digest: number): TreeFile => ({ path, digest: String(digest), sizeBytes: 1 });
const path = fc
  .tuple(
    fc.constantFrom('a', 'a-b', 'b'),
    fc.constantFrom('', '1/', '1/x/', '1-/', '2/'),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([owner, folder, id]) => `agents/${owner}/t/${folder}${id}.md`);
const edits = fc.array(fc.tuple(path, fc.option(fc.integer({ min: 0, max: 5 }))), { maxLength: 60 });

describe('the notes of a kind', () => {
  it('are those of the tree in the order of their paths, whatever changed before, and each version is parsed once', () => {
    fc.assert(
      fc.property(edits, (changes) => {
        const index = indexed();
        let tree: Tree = EMPTY_TREE;
        const versions = new Set<TreeFile>();
        for (const [at, digest] of changes) {
          tree = withFiles(tree, [[at, digest === null ? undefined : fileOf(at, digest)]]);
          const files = [...tree.folders.values()].flatMap((folder) => [...folder.values()]);
          for (const file of files) versions.add(file);
          const notes = index.read(tree);
          const wanted = files.map((file) => file.path).sort();
          expect(notes.all().map((note) => note.path)).toEqual(wanted);
          for (const owner of ['a', 'a-b', 'b']) {
            expect(notes.ofOwner(owner).map((note) => note.path)).toEqual(
              wanted.filter((one) => one.startsWith(`agents/${owner}/`)),
            );
          }
        }
        expect(index.parsed()).toBe(versions.size);
      }),
    );
  });

  it('of an owner are the same list while nothing of theirs changes', () => {
    const index = indexed();
    const before = withFiles(EMPTY_TREE, [
      ['agents/a/t/1/x.md', fileOf('agents/a/t/1/x.md', 1)],
      ['agents/a/t/2/x.md', fileOf('agents/a/t/2/x.md', 1)],
      ['agents/b/t/1/x.md', fileOf('agents/b/t/1/x.md', 1)],
    ]);
    const mine = index.read(before).ofOwner('a');
    const after = index.read(withFiles(before, [['agents/b/t/1/y.md', fileOf('agents/b/t/1/y.md', 2)]]));
    expect(after.ofOwner('a')).toBe(mine);
    expect(after.ofOwner('b')).toHaveLength(2);
  });
});
