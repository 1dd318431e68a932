import { describe, expect, it } from 'vitest';
import { formatStream } from '../../../lib/vault/fast-import.ts';
import { parseHistory, SEED } from '../../../lib/vault/history.ts';
import { classifyPush } from '../../../lib/vault/push.ts';
import { parseStatus } from '../../../lib/vault/work-tree-status.ts';

const ID = 'a'.repeat(40);

describe('classifyPush', () => {
  it.each([
    [`!\t${ID}:refs/heads/main\t[rejected] (fetch first)\nDone\nerror: failed to push some refs to 'x'`, 'raced'],
    [`!\t${ID}:refs/heads/main\t[rejected] (non-fast-forward)`, 'raced'],
    [
      `!\t${ID}:refs/heads/main\t[remote rejected] (cannot lock ref 'refs/heads/main': is at x but expected y)`,
      'raced',
    ],
    [
      `remote: error: cannot lock ref 'refs/heads/main': is at ${ID} but expected ${ID}        \n!\t${ID}:refs/heads/main\t[remote rejected] (failed to update ref)`,
      'raced',
    ],
    [`!\t${ID}:refs/heads/main\t[remote rejected] (incorrect old value provided)`, 'raced'],
    [
      `remote: error: cannot lock ref 'refs/heads/main': Unable to create '/v/./refs/heads/main.lock': File exists.        \nremote: \nremote: Another git process seems to be running        \n!\t${ID}:refs/heads/main\t[remote rejected] (failed to update ref)`,
      'locked',
    ],
    [`!\t${ID}:refs/heads/main\t[remote rejected] (failed to update ref)`, 'locked'],
    [`!\t${ID}:refs/heads/main\t[remote rejected] (failed to lock)`, 'locked'],
    [
      "remote: The hub's disk is full: 3 MiB are left.\nfatal: unable to access 'https://x/': The requested URL returned error: 507",
      'refused',
    ],
    [
      'error: RPC failed; HTTP 429 curl 22 The requested URL returned error: 429\nsend-pack: unexpected disconnect',
      'refused',
    ],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 403", 'refused'],
    ['error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413', 'declined'],
    [`remote: no\n!\t${ID}:refs/heads/main\t[remote rejected] (pre-receive hook declined)`, 'declined'],
    [`!\t${ID}:refs/heads/main\t[remote rejected] (hook declined)`, 'declined'],
    [`!\t${ID}:refs/heads/main\t[remote rejected] (protected branch hook declined)`, 'declined'],
    [`!\t${ID}:refs/heads/main\t[remote rejected] (unpacker error)`, 'failed'],
    [`!\t${ID}:refs/heads/main\t[remote rejected] (branch is currently checked out)`, 'failed'],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", 'failed'],
    ['', 'failed'],
  ])('tells %j', (output, result) => {
    expect(classifyPush(output).result).toBe(result);
  });

  it('says what the hook said', () => {
    const output = `remote: no commits by kk-evil        \n!\t${ID}:refs/heads/main\t[remote rejected] (pre-receive hook declined)`;
    expect(classifyPush(output).detail).toContain('no commits by kk-evil');
  });

  it('says what the remote said of a lock, and what the hub said of its disk', () => {
    const lock = `remote: error: cannot lock ref 'refs/heads/main': Unable to create '/v/main.lock': File exists.        \n!\t${ID}:refs/heads/main\t[remote rejected] (failed to update ref)`;
    expect(classifyPush(lock).detail).toContain("Unable to create '/v/main.lock': File exists.");
    const full =
      "remote: The disk is \u001b[31mfull        \nfatal: unable to access 'https://x/': The requested URL returned error: 507";
    expect(classifyPush(full).detail).toMatch(/^The disk is \[31mfull \(fatal: .*507\)$/);
  });
});

describe('parseHistory', () => {
  it('reads authors, writes, the seed and paths, and nothing from paths that git quotes', () => {
    const output = [
      `\x01${ID}\0kk-a\0w-1\0\0kk-b <kk-b@x>,kk-c <kk-c@x>\0\n\nagents/kk-a/a b.md\n"agents/kk-a/\\001x"\n`,
      `\x01${'b'.repeat(40)}\0people\0\0${'1'}\0\0\n\nREADME.md\n`,
      `\x01nonsense\0kk-a\0w-2\0\0`,
    ].join('');
    expect(parseHistory(output)).toEqual([
      { id: ID, author: 'kk-a', coAuthors: ['kk-b', 'kk-c'], writeId: 'w-1', paths: ['agents/kk-a/a b.md'] },
      { id: 'b'.repeat(40), author: SEED, coAuthors: [], writeId: undefined, paths: ['README.md'] },
    ]);
  });
});

describe('parseStatus', () => {
  it('finds changed, new and unmerged paths with spaces', () => {
    const output = [
      `# branch.oid ${ID}`,
      '# branch.head main',
      `1 .M N... 100644 100644 100644 ${ID} ${ID} people/a b.md`,
      `u UU N... 100644 100644 100644 100644 ${ID} ${ID} ${ID} c d.md`,
      '? people/new one.md',
      '',
    ].join('\0');
    expect(parseStatus(output)).toEqual({
      head: ID,
      changes: [
        { path: 'people/a b.md', isInHead: true },
        { path: 'c d.md', isInHead: true },
        { path: 'people/new one.md', isInHead: false },
      ],
    });
  });
});

describe('the stream of commits', () => {
  it('counts bytes, so that no content can become a command', () => {
    const stream = formatStream(ID, [
      {
        author: 'kk-a',
        subject: 'Beat',
        writeId: 'w',
        at: 1,
        changes: [
          { path: 'agents/kk-a/é.md', bytes: Buffer.from('ñ\ndone\n') },
          { path: 'agents/kk-a/gone.md', bytes: null },
        ],
      },
    ]).toString();
    expect(stream).toContain('M 100644 inline agents/kk-a/é.md\ndata 8\nñ\ndone\n\n');
    expect(stream).toContain('D agents/kk-a/gone.md\n');
    expect(stream.endsWith('get-mark :1\ndone\n')).toBe(true);
  });
});
