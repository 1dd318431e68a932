import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPath, isSafePath, isSavedCopy, pathOwner, savedCopyPath } from '../../../lib/vault/paths.ts';

describe('isSafePath', () => {
  it('refuses what leaves the vault, hides in it or breaks another system', () => {
    const bad = [
      ...['', '/', '/etc/passwd', 'a//b', 'a/', './a', '../a', 'a/../b', 'a/..', '..', '.'],
      ...['.git/config', '.GIT/config', 'a/.git/x', 'git~1/x', 'agents/kk-a/.gitattributes', 'people/.gitmodules'],
      ...[
        'a\\b',
        'a\0b',
        'a\nb',
        'a\u202eb',
        '.g\u200cit/config',
        'con',
        'a/NUL.md',
        'a.',
        'a ',
        ' a',
        'a:b',
        '"a"',
        'a|b',
      ],
      ...['x'.repeat(201), 'x/'.repeat(201), 'a\ud800'],
    ];
    for (const path of bad) expect(isSafePath(path), path).toBe(false);
  });

  it('lets ordinary notes, in any language, and Obsidian settings through', () => {
    const good = [
      'agents/kk-a/state.md',
      'people/Año nuevo.md',
      '.obsidian/app.json',
      'knowledge/日本.md',
      '.gitignore',
    ];
    for (const path of good) expect(isSafePath(path), path).toBe(true);
  });

  it('never lets a path through that resolves outside', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', 'a', '', '.git', 'b.md', '\\'), { maxLength: 6 }), (parts) => {
        const path = parts.join('/');
        if (!isSafePath(path)) return;
        expect(new URL(path, 'file:///vault/').pathname).toBe(`/vault/${path}`);
      }),
    );
  });
});

describe('checkPath', () => {
  const code = (author: string, path: string) => {
    try {
      checkPath(author, path);
      return 'ok';
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  it('keeps each identity to its paths', () => {
    expect(code('kk-a', 'agents/kk-a/state.md')).toBe('ok');
    expect(code('kk-a', 'agents/kk-b/state.md')).toBe('vault/not-yours');
    expect(code('kk-a', 'agents/kk-a/../kk-b/state.md')).toBe('vault/bad-path');
    expect(code('kk-a', 'shared/ledger.md')).toBe('vault/not-yours');
    expect(code('kk-coordinator', 'shared/ledger.md')).toBe('ok');
    expect(code('kk-coordinator', 'shared/config.md')).toBe('vault/not-yours');
    expect(code('kk-treasury', 'shared/treasury/2026-11/0xab.md')).toBe('ok');
    expect(code('kk-ops', 'shared/alerts.md')).toBe('ok');
    expect(code('people', 'shared/keys/a.md')).toBe('ok');
    expect(code('people', 'dashboards/Agents.md')).toBe('ok');
    expect(code('people', 'agents/kk-a/state.md')).toBe('vault/not-yours');
    expect(code('kk-a', 'knowledge/x.md')).toBe('vault/not-yours');
  });

  it('gives each path exactly one owner', () => {
    expect(pathOwner('agents/kk-a')).toBe('people');
    expect(pathOwner('agents/README.md')).toBe('people');
    expect(pathOwner('agents/kk-a/x/y/z.md')).toBe('kk-a');
  });
});

describe('a kept version', () => {
  it('stands beside the note and is never taken for one', () => {
    const copy = savedCopyPath('agents/kk-a/state.md', '0123456789abcdef');
    expect(copy).toBe('agents/kk-a/state.people-01234567.md');
    expect(isSavedCopy(copy)).toBe(true);
    expect(isSavedCopy('agents/kk-a/state.md')).toBe(false);
    expect(savedCopyPath('people/note', '0123456789')).toBe('people/note.people-01234567');
  });
});
