import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VaultOperation } from '../../../lib/core/vault.ts';
import { SEED } from '../../../lib/vault/history.ts';
import { replayWrite } from '../../../lib/vault/replay.ts';
import type { EditOperation } from '../../../lib/vault/spool.ts';
import { blobDigest, EMPTY_TREE, fileAt, type Tree, type TreeFile, withFiles } from '../../../lib/vault/tree.ts';

const LIKE = '0'.repeat(40);

function treeOf(files: Readonly<Record<string, string>>): Tree {
  return withFiles(
    EMPTY_TREE,
    Object.entries(files).map(([path, text]) => {
      const content = Buffer.from(text);
      return [path, { path, digest: blobDigest(content, LIKE), sizeBytes: content.length, content }] as const;
    }),
  );
}

const textAt = (tree: Tree, path: string) => fileAt(tree, path)?.content?.toString();
const digestOf = (text: string) => blobDigest(Buffer.from(text), LIKE);

function replay(
  tree: Tree,
  operations: readonly (VaultOperation | EditOperation)[],
  lastAuthor?: string,
  blobs: readonly string[] = [],
) {
  const read = (file: TreeFile) => {
    if (file.content instanceof Buffer) return Promise.resolve(file.content);
    const found = blobs.find((text) => digestOf(text) === file.digest);
    return found === undefined ? Promise.reject(new Error('missing')) : Promise.resolve(Buffer.from(found));
  };
  const write = { id: 'w', author: 'kk-a', message: 'm', operations };
  return replayWrite(tree, write, { read, lastAuthor: () => Promise.resolve(lastAuthor), like: LIKE });
}

const P = 'agents/kk-a/x.md';
const edit = (base: string | null, text: string | null): EditOperation => ({
  op: 'edit',
  path: P,
  base: base === null ? null : digestOf(base),
  content: text === null ? null : Buffer.from(text).toString('base64'),
});

describe('replaying a write', () => {
  it('gives the same on a head where it is already, but for appends', async () => {
    const operation = fc.oneof(
      fc.record({ op: fc.constant('put' as const), path: fc.constantFrom(P, 'agents/kk-a/y.md'), text: fc.string() }),
      fc.record({ op: fc.constant('delete' as const), path: fc.constantFrom(P, 'agents/kk-a/y.md') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 6 }), async (operations) => {
        const once = await replay(EMPTY_TREE, operations, 'kk-a');
        const twice = await replay(once.tree, operations, 'kk-a');
        expect(twice.paths).toEqual([]);
      }),
    );
  });

  it('appends behind whatever is there, on a line of its own', async () => {
    const append = [{ op: 'append', path: P, text: 'new\n' }] as const;
    expect(textAt((await replay(treeOf({ [P]: 'old\n' }), append)).tree, P)).toBe('old\nnew\n');
    expect(textAt((await replay(treeOf({ [P]: 'old' }), append)).tree, P)).toBe('old\nnew\n');
    expect(textAt((await replay(EMPTY_TREE, append)).tree, P)).toBe('new\n');
  });

  it('keeps the version of another author, and of nobody else', async () => {
    const put = [{ op: 'put', path: P, text: 'mine' }] as const;
    const head = treeOf({ [P]: 'theirs' });
    for (const author of ['kk-a', SEED, undefined]) expect((await replay(head, put, author)).saved).toEqual([]);
    const { saved, tree, paths } = await replay(head, put, 'ana');
    const copy = `agents/kk-a/x.people-${digestOf('theirs').slice(0, 8)}.md`;
    expect(saved).toEqual([copy]);
    expect(textAt(tree, copy)).toBe('theirs');
    expect(textAt(tree, P)).toBe('mine');
    expect([...paths].sort()).toEqual([P, copy].sort());
    expect((await replay(treeOf({ [P]: 'mine' }), put, 'ana')).saved).toEqual([]);
    expect((await replay(head, [{ op: 'delete', path: P }], 'ana')).saved).toEqual([copy]);
  });

  it('refuses a path outside the author, also when it comes from the spool', async () => {
    const put = [{ op: 'put', path: 'agents/kk-b/x.md', text: 'x' }] as const;
    await expect(replay(EMPTY_TREE, put)).rejects.toMatchObject({ code: 'vault/not-yours' });
  });

  it('refuses a file where a folder is and a folder where a file is', async () => {
    const put = (path: string) => [{ op: 'put', path, text: 'x' }] as const;
    const head = treeOf({ 'agents/kk-a/a/b.md': '1' });
    await expect(replay(head, put('agents/kk-a/a'))).rejects.toMatchObject({ code: 'vault/path-clash' });
    await expect(replay(head, put('agents/kk-a/a/b.md/c'))).rejects.toMatchObject({ code: 'vault/path-clash' });
    await replay(head, put('agents/kk-a/a2'));
  });
});

describe("replaying a person's edit", () => {
  it('takes the path when nobody else changed it', async () => {
    expect(textAt((await replay(treeOf({ [P]: 'a' }), [edit('a', 'b')])).tree, P)).toBe('b');
    expect(textAt((await replay(EMPTY_TREE, [edit(null, 'b')])).tree, P)).toBe('b');
    expect((await replay(treeOf({ [P]: 'a' }), [edit('a', null)])).paths).toEqual([P]);
  });

  it('is kept beside a newer version, or joined to it when both only appended', async () => {
    const head = treeOf({ [P]: 'a\ntheirs\n' });
    expect(textAt((await replay(head, [edit('a\n', 'a\nmine\n')], undefined, ['a\n'])).tree, P)).toBe(
      'a\ntheirs\nmine\n',
    );
    const apart = await replay(head, [edit('a\n', 'mine\n')], undefined, ['a\n']);
    expect(textAt(apart.tree, P)).toBe('a\ntheirs\n');
    expect(apart.saved.map((path) => textAt(apart.tree, path))).toEqual(['mine\n']);
    expect((await replay(head, [edit('a\n', 'mine\n')])).saved).toHaveLength(1);
    expect((await replay(head, [edit(null, 'mine\n')])).saved).toHaveLength(1);
  });

  it('deletes nothing that changed meanwhile', async () => {
    expect((await replay(treeOf({ [P]: 'b' }), [edit('a', null)])).paths).toEqual([]);
  });

  it('brings no note back that its agent took away, keeps the edit beside it, and brings back a page of people', async () => {
    const gone = await replay(EMPTY_TREE, [edit('a', 'b')]);
    expect(textAt(gone.tree, P)).toBeUndefined();
    expect(gone.saved.map((path) => textAt(gone.tree, path))).toEqual(['b']);
    const page = { ...edit('a', 'b'), path: 'people/ana.md' };
    expect(textAt((await replay(EMPTY_TREE, [page])).tree, 'people/ana.md')).toBe('b');
  });

  it('changes nothing when the head has it already', async () => {
    expect((await replay(treeOf({ [P]: 'b' }), [edit('a', 'b')])).paths).toEqual([]);
  });
});
