import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noteKinds } from '../../../lib/host/note-kinds.ts';
import { checkPath, isSafePath, isSavedCopy, nameErrorOf, pathOwner, savedCopyPath } from '../../../lib/vault/paths.ts';
import { seedFiles } from '../../support/vault-seed.ts';

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
      ...['x'.repeat(201), 'x/'.repeat(201), `${'x/'.repeat(16)}x`, 'a\ud800'],
      // Names that some system takes for hidden ones, devices, streams or other files, also in the middle.
      ...['a/.GiT/x', 'a/git~1/x', 'people/AGENTS~1.MD', 'a/.mailmap', 'a/\u3164', 'a/x\u034f.md', 'a/x\u{e0041}.md'],
      ...['com\u00b9.md', 'a/nul .md', 'a/conin$', 'a/LPT1.tar.md/b', 'a::$DATA', 'a/b:c/d', 'a/\u2028'],
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
      `${'x/'.repeat(15)}x.md`,
    ];
    for (const path of good) expect(isSafePath(path), path).toBe(true);
  });

  it('refuses a known path in other letters, and a known page as a folder', () => {
    const bad = [
      ...[
        'AGENTS/kk-a/x.md',
        'Agents/x.md',
        'agents/KK-a/x.md',
        'agents/\u212ak-a/x.md',
        'agents/kk-A',
        '\uff41gents/x',
      ],
      ...['Shared/x.md', 'shared/Treasury/x.md', 'shared/Ledger.md', '\u017fhared/x.md', 'shared/ledger.md/x.md'],
      ...[
        'shared/alerts.md/x',
        'PEOPLE/x.md',
        'people/Wishes/x.md',
        'Dashboards/x.md',
        'knowled\uff47e/x',
        'agents\ufe0f/x',
      ],
    ];
    for (const path of bad) expect(isSafePath(path), path).toBe(false);
  });

  it('lets of Obsidian’s folder only settings through that the vault shares, in exactly these letters', () => {
    const bad = [
      ...['plugins/evil/main.js', 'plugins/evil/manifest.json', 'Plugins/evil/main.js', 'themes/x/theme.css'],
      ...['snippets/evil.css', 'snippets/Karmakadabra.css', 'community-plugins.json', 'COMMUNITY-PLUGINS.json'],
      ...['App.json', 'app.json/x', 'workspaces.json', 'plugin\u017f/x/main.js', 'icons/x.svg', 'x'],
    ];
    for (const name of bad) expect(isSafePath(`.obsidian/${name}`), name).toBe(false);
    for (const path of ['.Obsidian/app.json', '.obsidian', 'a/.obsidian/app.json', '.gitignore/x', '.GITIGNORE'])
      expect(isSafePath(path), path).toBe(false);
    for (const path of seedFiles.keys()) expect(isSafePath(path), path).toBe(true);
  });

  it('lets every note through that agents and hosts write', () => {
    expect(noteKinds.length).toBeGreaterThan(10);
    for (const { path } of noteKinds) {
      const named = new RegExp(path.source.replaceAll('[^/]+', 'kk-[a-z0-9]{1,9}'));
      fc.assert(
        fc.property(fc.stringMatching(named), (written) => {
          expect(isSafePath(written), written).toBe(true);
        }),
        { numRuns: 50 },
      );
    }
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

  it.each(['people/👨‍👩‍👧 family.md', 'people/می‌خواهم.md', 'people/क्‍ष.md', 'people/❤️‍🔥.md'])(
    'takes joiners where writing needs them: %s',
    (path) => {
      expect(isSafePath(path)).toBe(true);
    },
  );

  it.each([
    'people/a\u200db.md',
    'people/a\u200c.md',
    'peo\u200cple/a.md',
    'people/.\u200dgit/x.md',
    'people/C\u200cON',
  ])('refuses joiners elsewhere and names them: %j', (path) => {
    expect(isSafePath(path)).toBe(false);
    expect(nameErrorOf(path)).toMatch(/U\+200[CD], which shows nothing|is hidden/);
  });
});
