import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assessFolder,
  type FileFacts,
  type FolderLook,
  historyOf,
  judgeFile,
  placeOf,
} from '../../../lib/vault/folder-state.ts';

const KNOWN = { head: 'aa', stash: '', headMark: 'h', wasStanding: false };
const LOOK: FolderLook = {
  branch: 'main',
  checkedOut: 'aa',
  main: 'aa',
  stash: '',
  headMark: 'h',
  indexMark: 'i',
  operation: undefined,
  hasConflicts: false,
  isIndexBroken: false,
  lock: undefined,
};
const AGENTS = 'agents/kk-a/memory.md';
const TRADE = 'agents/kk-a/trades/2026-01/t.md';
const file = (facts: Partial<FileFacts>): FileFacts => ({
  path: AGENTS,
  digest: 'new',
  isEmpty: false,
  shown: 'old',
  taken: undefined,
  state: 'following',
  commit: 'none',
  siblings: () => ['agents/kk-a/memory.md', 'agents/kk-a/state.md'],
  ...facts,
});

describe('the opened folder', () => {
  it('follows main only at the host’s own head, and is moved by whatever git did since', () => {
    expect(assessFolder(LOOK, KNOWN).state).toBe('following');
    for (const seen of [{ main: 'bb' }, { stash: 'cc' }, { headMark: 'other' }]) {
      expect(assessFolder({ ...LOOK, ...seen }, KNOWN).state).toBe('moved');
    }
    expect(assessFolder(LOOK, { ...KNOWN, wasStanding: true }).state).toBe('moved');
  });

  it.each([
    [{ branch: 'look2' }, 'branch `look2` is checked out'],
    [{ branch: undefined, checkedOut: '1234567890' }, 'HEAD is at 12345678'],
    [{ operation: 'a rebase' }, 'a rebase is in progress'],
    [{ hasConflicts: true }, 'conflicts'],
    [{ lock: { name: 'index.lock', ageMs: 1, holder: { process: 'vim (process 7)' } } }, 'held by vim (process 7)'],
  ])('stands still and says why: %o', (seen, words) => {
    const state = assessFolder({ ...LOOK, ...seen }, KNOWN);
    expect(state).toMatchObject({ state: 'standing', why: expect.stringContaining(words) });
  });

  it('loses a lock only when it is known that no process holds it, and after a while', () => {
    const lockOf = (holder: 'none' | 'unknown', ageMs: number) =>
      assessFolder({ ...LOOK, lock: { name: 'index.lock', ageMs, holder } }, KNOWN);
    expect(lockOf('none', 60_000)).toMatchObject({ staleLock: 'index.lock' });
    expect(lockOf('none', 100)).not.toHaveProperty('staleLock');
    expect(lockOf('unknown', 600_000)).not.toHaveProperty('staleLock');
  });
});

describe('a file that differs from what the host showed', () => {
  it('is an edit of an agent’s note only with content that the vault never had there', () => {
    expect(judgeFile(file({}), false)).toBe('edit');
    expect(judgeFile(file({}), true)).toBe('vault');
    expect(historyOf(file({}))).toBe('ever');
  });

  it('is deleted only on main at the host’s own head', () => {
    expect(judgeFile(file({ digest: '' }), false)).toBe('edit');
    expect(judgeFile(file({ digest: '', state: 'moved' }), false)).toBe('vault');
    expect(judgeFile(file({ digest: '', state: 'moved', commit: 'deleted' }), false)).toBe('edit');
    expect(judgeFile(file({ digest: '', state: 'moved', commit: 'changed' }), false)).toBe('vault');
  });

  it('counts on people’s pages also when it is set back', () => {
    expect(historyOf(file({ path: 'people/ana.md' }))).toBe('newer');
    expect(judgeFile(file({ path: 'people/ana.md', digest: 'old', taken: 'new' }), false)).toBe('edit');
    expect(historyOf(file({ path: 'people/ana.md', state: 'moved' }))).toBe('ever');
  });

  it('is never an edit of a record of money, whatever was done to it', () => {
    const facts = fc.record({
      digest: fc.constantFrom('', 'new', 'old', 'x'),
      shown: fc.constantFrom('', 'old'),
      state: fc.constantFrom('following' as const, 'moved' as const),
      commit: fc.constantFrom('none' as const, 'changed' as const, 'deleted' as const),
      path: fc.constantFrom(TRADE, 'shared/treasury/2026-01/0x1.md'),
      isEmpty: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, fc.boolean(), (some, isOfVault) => {
        expect(judgeFile(file(some), isOfVault)).not.toBe('edit');
      }),
    );
    expect(judgeFile(file({ path: TRADE }), false)).toBe('copied');
    expect(placeOf('agents/kk-a/trades/2026-01/t.people-12345678.md')).toBe('people');
  });

  it.each([
    'state 2.md',
    'state (conflicted copy).md',
    'state (Ana’s conflicted copy 2024-05-03).md',
    'state.sync-conflict-20240503-101010-ABCDEF.md',
    'state - Copy.md',
    'state-DESKTOP-7A2B.md',
    'Copy of state.md',
    'state.md.bak',
    '~$state.md',
  ])('stays aside when a sync tool made it beside an agent’s note: %s', (name) => {
    expect(judgeFile(file({ path: `agents/kk-a/${name}`, shown: '' }), false)).toBe('aside');
  });

  it.each(['notes.md', 'state-of-things.md', 'statement.md', 'state_2.md'])(
    'is typed under a name of its own: %s',
    (name) => {
      expect(judgeFile(file({ path: `agents/kk-a/${name}`, shown: '' }), false)).toBe('edit');
    },
  );
});
