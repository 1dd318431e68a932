import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { Header } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathProblem } from '../../../lib/backup/entry-path.ts';
import type { About } from '../../../lib/backup/format.ts';
import { openBackup } from '../../../lib/backup/open-backup.ts';
import { type RestoreOrder, restoreBackup } from '../../../lib/backup/restore-backup.ts';
import type { Openers, Recipients } from '../../../lib/backup/seal.ts';
import { fileOfBytes } from '../../../lib/backup/source-files.ts';
import type { SourceFile } from '../../../lib/backup/write-archive.ts';
import { writeBackup } from '../../../lib/backup/write-backup.ts';

const ABOUT: About = {
  apiVersion: 'karmakadabra/v1',
  kind: 'Backup',
  version: 1,
  of: 'state',
  createdAt: '2026-12-01T07:00:00Z',
  program: 'test',
  protocol: 1,
  isLive: true,
};
const NOBODY: Openers = { identities: [], passphrase: async () => 'wrong' };
const never = new AbortController().signal;

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kk-archive-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const at = (name: string): string => join(dir, name);

async function write(
  files: Readonly<Record<string, string>>,
  options: { readonly recipients?: Recipients; readonly about?: Partial<About>; readonly file?: string } = {},
): Promise<string> {
  const target = options.file ?? at('backup');
  async function* sources(): AsyncGenerator<SourceFile> {
    for (const [path, text] of Object.entries(files)) yield fileOfBytes(path, Buffer.from(text), 0);
  }
  await writeBackup({
    target,
    root: at('source'),
    about: { ...ABOUT, ...options.about },
    files: sources(),
    recipients: options.recipients ?? { type: 'nobody' },
    isForced: true,
    signal: never,
    onFile: () => undefined,
  });
  return target;
}

function restore(file: string, changes: Partial<RestoreOrder> = {}) {
  return restoreBackup({
    file,
    dir: at('state'),
    of: 'state',
    openers: NOBODY,
    isForced: false,
    signal: never,
    isKept: () => true,
    prepare: async () => undefined,
    complete: async () => undefined,
    onFile: () => undefined,
    ...changes,
  });
}

/** An archive as a stranger would make it: blocks as they are. */
function tar(
  entries: readonly {
    readonly path: string;
    readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'Directory' | 'FIFO';
    readonly text?: string;
    readonly linkpath?: string;
  }[],
): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', text = '', linkpath }) => {
    const block = Buffer.alloc(512);
    new Header({ path, type, size: Buffer.byteLength(text), mode: 0o777, ...(linkpath && { linkpath }) }).encode(block);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return [block, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const head = { path: 'backup.json', text: JSON.stringify(ABOUT) };
const sums = { path: 'SHA256SUMS', text: '' };

async function refusalOf(bytes: Uint8Array): Promise<string> {
  await writeFile(at('hostile'), bytes);
  const error = await restore(at('hostile')).then(
    () => 'it was restored',
    (cause: { readonly code?: string; readonly message: string }) => `${cause.code}: ${cause.message}`,
  );
  expect(await readdir(dir)).toEqual(error === 'it was restored' ? ['hostile', 'state'] : ['hostile']);
  return error;
}

describe('a backup', () => {
  it('gives back every file as it was, whatever is in it and whoever it is sealed to', async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const kinds: readonly (readonly [Recipients, Openers])[] = [
      [{ type: 'nobody' }, NOBODY],
      [
        { type: 'keys', keys: [recipient] },
        { ...NOBODY, identities: [identity] },
      ],
    ];
    const name = fc.stringMatching(/^[a-z0-9é.]{1,40}$/).filter((one) => !/^\.+$/.test(one));
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `d${names.length}/${names.join('/')}`);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(path, fc.string(), { maxKeys: 6 }),
        fc.constantFrom(...kinds),
        async (files, [recipients, openers]) => {
          // A file and a folder of one name can't come from a disk.
          const names = Object.keys(files);
          fc.pre(!names.some((one) => names.some((other) => other.startsWith(`${one}/`))));
          const file = await write(files, { recipients });
          const { files: found } = await restore(file, { openers });
          expect(found.map((one) => one.path).sort()).toEqual(names.sort());
          for (const [one, text] of Object.entries(files))
            expect(await readFile(at(`state/${one}`), 'utf8')).toBe(text);
          await rm(at('state'), { recursive: true });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is for its owner only, as is what it is restored to', async () => {
    const file = await write({ 'a/secret': 'x' });
    await restore(file);
    const modes = await Promise.all(
      [file, at('state'), at('state/a'), at('state/a/secret')].map(async (one) => (await stat(one)).mode & 0o777),
    );
    expect(modes).toEqual([0o600, 0o700, 0o700, 0o600]);
  });

  it('replaces nothing unless it is told to, and leaves nothing half-made when it is stopped', async () => {
    const file = await write({ a: '1' });
    const stop = new AbortController();
    async function* stopped(): AsyncGenerator<SourceFile> {
      yield fileOfBytes('a', Buffer.from('2'), 0);
      stop.abort(new Error('stopped'));
      yield fileOfBytes('b', Buffer.from('2'), 0);
    }
    const order = {
      target: file,
      root: at('source'),
      about: ABOUT,
      files: stopped(),
      recipients: { type: 'nobody' },
      signal: stop.signal,
      onFile: () => undefined,
    } as const;
    await expect(writeBackup({ ...order, isForced: false })).rejects.toMatchObject({ code: 'backup/exists' });
    await expect(writeBackup({ ...order, isForced: true })).rejects.toThrow('stopped');
    expect(await readdir(dir)).toEqual(['backup']);
    const { files } = await openBackup(
      file,
      NOBODY,
      {
        about: () => undefined,
        file: async (_, bytes) => {
          for await (const _part of bytes);
        },
      },
      never,
    );
    expect(files.map(({ path }) => path)).toEqual(['a']);
  });

  it('is not written into the folder that it is of', async () => {
    await mkdir(at('source'));
    await expect(write({ a: '1' }, { file: at('source/backup') })).rejects.toMatchObject({ code: 'backup/inside' });
  });

  it('is refused where any of its bytes is another, or it is cut off', async () => {
    const file = await write({ 'a/b': 'some text', c: 'x'.repeat(2000) });
    const whole = await readFile(file);
    await rm(file);
    const plain = gunzipSync(whole);
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length - 1025), fc.integer({ min: 1, max: 255 }), async (position, change) => {
        const bytes = Buffer.from(plain);
        bytes[position] = (bytes[position] ?? 0) ^ change;
        const text = await refusalOf(gzipSync(bytes));
        // Times and owners of files aren't used, and what pads a block isn't read.
        if (text === 'it was restored') {
          for (const [name, was] of [
            ['a/b', 'some text'],
            ['c', 'x'.repeat(2000)],
          ] as const) {
            expect(await readFile(at(`state/${name}`), 'utf8')).toBe(was);
          }
          await rm(at('state'), { recursive: true });
        } else expect(text).toMatch(/^backup\/(?:damaged|version)/);
      }),
      { numRuns: 300 },
    );
    for (const length of [0, 1, 30, whole.length - 20, whole.length - 1]) {
      expect(await refusalOf(whole.subarray(0, length)), String(length)).toMatch(/^backup\/damaged/);
    }
  });
});

describe('an archive that somebody hostile made', () => {
  it.each([
    ['leaves the folder', [head, { path: 'files/../../evil', text: 'x' }, sums]],
    ['names the root', [head, { path: '/files/evil', text: 'x' }, sums]],
    ['has an absolute name below', [head, { path: 'files//etc/passwd', text: 'x' }, sums]],
    ['has a link', [head, { path: 'files/a', type: 'SymbolicLink', linkpath: '/etc' }, sums]],
    ['has a hard link', [head, { path: 'files/a', type: 'Link', linkpath: '/etc/passwd' }, sums]],
    ['has a device', [head, { path: 'files/a', type: 'CharacterDevice' }, sums]],
    ['has a pipe', [head, { path: 'files/a', type: 'FIFO' }, sums]],
    ['has a folder', [head, { path: 'files/a/', type: 'Directory' }, sums]],
    ['has a file twice', [head, { path: 'files/a', text: 'x' }, { path: 'files/a', text: 'y' }, sums]],
    ['has a file as a folder', [head, { path: 'files/a', text: 'x' }, { path: 'files/a/b', text: 'y' }, sums]],
    ['has a control character', [head, { path: 'files/a\u0007', text: 'x' }, sums]],
    ['has a file without a digest', [head, { path: 'files/a', text: 'x' }, sums]],
    ['has something beside its files', [head, { path: 'other', text: 'x' }, sums]],
    ['goes on after its end', [head, sums, { path: 'files/a', text: 'x' }]],
    ['has no end', [head]],
    ['does not say what it is', [{ path: 'files/a', text: 'x' }, sums]],
    ['has a digest of no file', [head, { ...sums, text: `${'0'.repeat(64)}  files/a\n` }]],
    ['has digests that are none', [head, { ...sums, text: 'x'.repeat(100_000) }]],
  ] as const)('is refused whole where it %s', async (_, entries) => {
    expect(await refusalOf(gzipSync(tar(entries)))).toMatch(/^backup\/damaged/);
  });

  it('is refused where it is of another version or kind, or is no archive', async () => {
    const of = (about: object) =>
      gzipSync(tar([{ path: 'backup.json', text: JSON.stringify({ ...ABOUT, ...about }) }, sums]));
    expect(await refusalOf(of({ version: 2 }))).toMatch(/^backup\/version/);
    expect(await refusalOf(of({ of: 'hub' }))).toMatch(/^backup\/other-kind/);
    expect(await refusalOf(of({ extra: 1 }))).toMatch(/^backup\/damaged/);
    expect(await refusalOf(Buffer.from('hello'))).toMatch(/^backup\/damaged/);
    expect(await refusalOf(gzipSync(Buffer.from('hello')))).toMatch(/^backup\/damaged/);
  });

  it('writes nothing that its kind of folder doesn’t have', async () => {
    const file = await write({ 'vault.git/hooks/post-receive': 'evil' });
    await expect(restore(file, { isKept: (path) => !path.includes('hooks') })).rejects.toMatchObject({
      code: 'backup/damaged',
    });
    expect(await readdir(dir)).toEqual(['backup']);
  });

  it('can name no path outside, whatever it is made of', () => {
    const part = fc.constantFrom('..', '.', '', 'a', '/', '\\', '\u0000', 'b/c', '~');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = parts.join('/');
        if (pathProblem(path) !== undefined) return;
        expect(join('/x', path)).toBe(`/x/${path}`);
        expect(path.split('/')).not.toContain('..');
      }),
    );
  });
});

describe('a restore', () => {
  it('leaves a folder with something in it alone, and moves it aside when forced', async () => {
    const file = await write({ a: 'new' });
    await mkdir(at('state'));
    await writeFile(at('state/a'), 'old');
    await expect(restore(file)).rejects.toMatchObject({ code: 'backup/in-the-way' });
    expect(await readFile(at('state/a'), 'utf8')).toBe('old');
    const { aside = '' } = await restore(file, { isForced: true });
    expect(await readFile(at('state/a'), 'utf8')).toBe('new');
    expect(await readFile(join(aside, 'a'), 'utf8')).toBe('old');
  });

  it('leaves everything as it was where the folder can’t be completed', async () => {
    const file = await write({ a: 'new' });
    const complete = (): Promise<void> => Promise.reject(new Error('no'));
    await expect(restore(file, { complete })).rejects.toThrow('no');
    expect(await readdir(dir)).toEqual(['backup']);
  });

  it('opens what is sealed with its key or passphrase only', { timeout: 300_000 }, async () => {
    const file = await write({ a: '1' }, { recipients: { type: 'passphrase', passphrase: 'right' } });
    await expect(restore(file)).rejects.toMatchObject({ code: 'backup/not-for-us' });
    expect(await readdir(dir)).toEqual(['backup']);
    await restore(file, { openers: { identities: [], passphrase: async () => 'right' } });
    expect(await readFile(at('state/a'), 'utf8')).toBe('1');
  });
});
