import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../lib/core/hub-accounts.ts';
import { parseAccounts } from '../../../lib/core/hub-accounts.ts';
import { hashPassword, verifyPassword } from '../../../lib/core/password.ts';
import { createAuthenticator } from '../../../lib/hub/authenticator.ts';
import { parseChanges, parseCommits } from '../../../lib/hub/inspect-push.ts';
import { createLineSplitter, parseIrcLine } from '../../../lib/hub/irc-line.ts';
import { mayUseNick } from '../../../lib/hub/nick-rules.ts';
import { deletionRejection, pathRejection } from '../../../lib/hub/path-rules.ts';
import { parseSaslPlain } from '../../../lib/hub/sasl-plain.ts';
import { foldPath } from '../../../lib/vault/fold-path.ts';
import { pathOwner } from '../../../lib/vault/paths.ts';

const HASH = `scrypt$16384$8$1$${'A'.repeat(22)}$${'B'.repeat(43)}`;
const account = (name: string, kind: Account['kind'] = 'agent', nick = name): Account => ({
  account: name,
  nick,
  kind,
  passwordHash: HASH,
});
const NO_FILTER = { mayBeRight: () => false, learn: () => undefined };
const secretOf = (...accounts: readonly unknown[]) =>
  JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts });

describe('the hub’s accounts', () => {
  it('are refused where a name would let one write as another, and errors show no value', () => {
    expect(parseAccounts(secretOf(account('kk-a'), account('ana', 'person')))).toHaveLength(2);
    for (const bad of [
      account('kk-treasury'),
      account('kk-a', 'person'),
      account('ana', 'ops'),
      account('ana'),
      { ...account('kk-a'), passwordHash: 'topsecret' },
    ]) {
      const parse = () => parseAccounts(secretOf(bad));
      expect(parse).toThrow(expect.objectContaining({ code: 'hub/bad-secret' }));
      expect(parse).not.toThrow(/topsecret/);
    }
    expect(() => parseAccounts(secretOf(account('kk-a'), account('kk-b', 'agent', 'KK-A')))).toThrow('one nick');
  });

  it('are signed in with the right password only, and a changed one is asked for again', async () => {
    const [old, fresh] = [await hashPassword('the old password'), await hashPassword('the new password')];
    expect(await verifyPassword('the old password', old)).toBe(true);
    expect(await verifyPassword('the old passwort', old)).toBe(false);
    const book = createAuthenticator(NO_FILTER, () => 0);
    book.replace([{ ...account('kk-a'), passwordHash: old }]);
    expect(await book.signIn('kk-a', 'the old password', 'x')).toMatchObject({ result: 'ok' });
    book.replace([{ ...account('kk-a'), passwordHash: fresh }]);
    expect(await book.signIn('kk-a', 'the old password', 'x')).toMatchObject({ result: 'wrong' });
    expect(await book.signIn('kk-a', 'the new password', 'x')).toMatchObject({ result: 'ok' });
    for (let guess = 0; guess < 20; guess++) await book.signIn('nobody', `guess ${guess}`, 'x');
    expect(await book.signIn('nobody', 'guess', 'x')).toEqual({ result: 'busy' });
    expect(await book.signIn('nobody', 'guess', 'elsewhere')).toEqual({ result: 'wrong' });
    expect(await book.signIn('kk-a', 'the new password', 'x')).toMatchObject({ result: 'ok' });
  });

  it('bear their own nick; only ops bear several', () => {
    const all = [account('kk-a'), account('kk-b'), account('kk-ops', 'ops'), account('eve', 'person', 'ops-eve')];
    const bears = (index: number, nick: string) => mayUseNick(all[index] ?? account('none'), nick, all);
    expect([bears(0, 'kk-a'), bears(0, 'KK-A'), bears(0, 'kk-b'), bears(0, 'ops-a')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([bears(2, 'kk-ops'), bears(2, 'ops-probe'), bears(2, 'ops-eve'), bears(2, 'kk-a')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('paths', () => {
  it('of an agent are those in its folder, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom('agents', 'kk-a', 'kk-b', '..', '.git', 'shared', ''), fc.string())),
        (parts) => {
          const path = parts.join('/');
          if (pathRejection(['kk-a'], path) === undefined) expect(path).toMatch(/^agents\/kk-a\/./);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('of kept words are the writer’s and people’s', () => {
    expect(pathRejection(['kk-ops'], 'shared/alerts.people-01234567.md')).toBeUndefined();
    expect(pathRejection(['people'], 'agents/kk-a/state.people-01234567.md')).toBeUndefined();
    expect(pathRejection(['kk-b'], 'agents/kk-a/state.people-01234567.md')).toContain('belongs to kk-a');
  });
});

describe('a path that some file system takes for another', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'agents',
      'AGENTS',
      'kk-b',
      'KK-b',
      '\u212ak-b',
      'kk-B',
      'shared',
      '\u017fhared',
      'Ledger.md',
      'ledger.md',
    ),
    fc.constantFrom(
      'treasury',
      'TREASURY',
      '\uff54reasury',
      'people',
      '.obsidian',
      'plugins',
      'x.md',
      'X.MD',
      'kk-b\ufe0f',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const anyPath = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

  it('is its owner’s alone: nobody writes what folds into the folder of another', () => {
    fc.assert(
      fc.property(
        anyPath,
        fc.constantFrom(['kk-a'], ['people', 'ana'], ['kk-ops'], ['kk-treasury']),
        (path, authors) => {
          if (pathRejection(authors, path) !== undefined) return;
          const owner = pathOwner(foldPath(path).toLowerCase());
          // What is nobody's is people's.
          expect([...authors, 'people']).toContain(owner);
          expect(authors).toContain(pathOwner(path));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('can be deleted by its owner or by people, so that nothing is there for ever', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        if (path === '.gitignore' || pathRejection([pathOwner(path)], path) === undefined) return;
        expect(deletionRejection(['people'], path, false)).toBeUndefined();
        expect(deletionRejection([pathOwner(path)], path, false)).toBeUndefined();
      }),
      { numRuns: 5000 },
    );
    expect(deletionRejection(['people'], 'agents/kk-b/state.md', false)).toContain('belongs to kk-b');
    expect(deletionRejection(['people'], 'agents/kk-b/state.md', true)).toBeUndefined();
    expect(deletionRejection(['kk-a'], 'agents/kk-b/state.md', true)).toContain('belongs to kk-b');
    expect(deletionRejection(['kk-a'], 'AGENTS/kk-b/x.md', true)).toContain('belongs to people');
  });
});

describe('kinds of files', () => {
  it.each([
    'md.exe',
    'x.html',
    'x.svg',
    'x.js',
    'x.css',
    'x.lnk',
    'x.url',
    'x.desktop',
    'x.command',
    'x',
    'x.',
    'x.md.js',
    'x.MD',
  ])('of people leave out what a system runs: %s', (name) => {
    expect(pathRejection(['people'], `people/${name}`)).toBeDefined();
  });

  it.each(['x.base', 'x.canvas', 'x.PNG', 'x.pdf', 'x.mp4', 'año.md', 'x.people-01234567.md'])(
    'of people take notes, pictures and data: %s',
    (name) => {
      expect(pathRejection(['people'], `people/${name}`)).toBeUndefined();
    },
  );

  it('of agents and services are notes', () => {
    for (const ending of ['html', 'json', 'canvas', 'png', 'js']) {
      expect(pathRejection(['kk-a'], `agents/kk-a/x.${ending}`)).toContain('only .md');
      expect(pathRejection(['kk-treasury'], `shared/treasury/x.${ending}`)).toContain('only .md');
    }
  });
});

describe('what git prints of a push', () => {
  const ID = 'a'.repeat(40);

  it('is read without believing what a commit’s message says', () => {
    const record = `${ID}\ntree ${ID}\nparent ${'b'.repeat(40)}\nauthor kk-a <kk-a@x> 1 +0000\ncommitter c <c@x> 2 +0000\n\n    author kk-b <kk-b@x> 1 +0000\n    parent ${ID}\n\0`;
    expect(parseCommits(Buffer.from(record))).toMatchObject([
      { id: ID, parents: ['b'.repeat(40)], author: { name: 'kk-a', email: 'kk-a@x' }, committedAt: 2 },
    ]);
    const twice = record.replace('committer', 'author kk-b <kk-b@x> 1 +0000\ncommitter');
    expect(parseCommits(Buffer.from(twice))[0]?.author.name).toBe('');
  });

  it('names every co-author, however its line is spelled', () => {
    const lines = [
      'CO-AUTHORED-BY : kk-b <kk-b@x>',
      'Co-authored-by:',
      '  kk-c <kk-c@x>',
      'Co-authored-by: kk-d <kk-d@x>',
    ];
    const record = `${ID}\ntree ${ID}\nauthor kk-a <kk-a@x> 1 +0000\ncommitter c <c@x> 2 +0000\n\nRest\n\n${lines.join('\n')}\n\0`;
    expect(parseCommits(Buffer.from(record))[0]?.coAuthors).toEqual([
      'kk-b <kk-b@x>',
      'kk-c <kk-c@x>',
      'kk-d <kk-d@x>',
    ]);
  });

  it('is read also where a path looks like a change', () => {
    const change = `:000000 100644 ${'0'.repeat(40)} ${ID} A`;
    const output = `${ID}\0${change}\0agents/kk-a/x\0${change}\0${change}\0`;
    expect(parseChanges(Buffer.from(output)).map(({ path }) => path)).toEqual(['agents/kk-a/x', change]);
  });
});

describe('lines of IRC clients', () => {
  it('end at every carriage return and line feed, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\r', '\n', 'PRIVMSG', ' ')), fc.nat(), (parts, cut) => {
        const text = parts.join('');
        const at = text.length === 0 ? 0 : cut % text.length;
        const splitter = createLineSplitter(1000);
        const lines = [text.slice(0, at), `${text.slice(at)}\n`].flatMap(
          (part) => splitter.take(Buffer.from(part)) ?? [],
        );
        expect(lines).toEqual(text.split(/[\r\n]/).filter((line) => line !== ''));
      }),
    );
    expect(createLineSplitter(10).take(Buffer.from('x'.repeat(11)))).toBeUndefined();
  });

  it('lose tags and prefixes, and SASL names one account', () => {
    expect(parseIrcLine('@a=b :kk-b!x@y privmsg #c :hello')).toEqual({ command: 'PRIVMSG', rest: '#c :hello' });
    const plain = (text: string) => parseSaslPlain(Buffer.from(text).toString('base64'));
    expect(plain('\0kk-a\0pass word')).toEqual({ name: 'kk-a', password: 'pass word' });
    expect(plain('kk-b\0kk-a\0x')).toBeUndefined();
    expect(plain('\0kk-a\0x\0y')).toBeUndefined();
  });
});
