import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { appendLine, commitFile, removeDrafts, writeDurably } from '../../../lib/files/durable.ts';
import { PRIVATE } from '../../../lib/files/private-file.ts';
import { openSpool } from '../../../lib/vault/spool.ts';

let folder = '';
let synced: string[] = [];
/** The modes of the files with a draft's name, seen whenever bytes are written. */
let modes: number[] = [];

interface Handle {
  writeFile: (content: string) => Promise<void>;
  sync: () => Promise<void>;
  datasync: () => Promise<void>;
  stat: () => Promise<{ mode: number }>;
}

/** What stands in the folder: names of files with what is in them. */
const seen = (): string =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
    .map(
      (name) =>
        `${name.replace(/^\.(.+)\.[0-9a-f-]{36}\.tmp$/, '$1.draft')}=${readFileSync(path.join(folder, name), 'utf8')}`,
    )
    .join(' ');

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kk-durable-'));
  synced = [];
  modes = [];
  const handle = await open(folder, 'r');
  const prototype: Handle = Object.getPrototypeOf(handle);
  await handle.close();
  // What the disk was told to keep is what stood there when it was told.
  for (const name of ['sync', 'datasync'] as const) {
    const original = prototype[name];
    vi.spyOn(prototype, name).mockImplementation(function (this: unknown) {
      synced.push(seen());
      return original.call(this);
    });
  }
  const write = prototype.writeFile;
  vi.spyOn(prototype, 'writeFile').mockImplementation(async function (this: Handle, content) {
    modes.push((await this.stat()).mode & 0o777);
    return write.call(this, content);
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

describe('a durable write', () => {
  it('has the whole text on disk before the name is given, and the name before it is done', async () => {
    await writeDurably(path.join(folder, 'note'), 'text');
    expect(synced).toEqual(['note.draft=text', 'note=text']);
    await writeDurably(path.join(folder, 'note'), 'newer');
    expect(synced.slice(2)).toEqual(['note.draft=newer note=text', 'note=newer']);
  });

  it('of a line is on disk before it is done', async () => {
    await appendLine(path.join(folder, 'lines'), 'one');
    await appendLine(path.join(folder, 'lines'), 'two');
    expect(synced).toEqual(['lines=one\n', 'lines=one\ntwo\n']);
  });

  it('of a file that was filled piece by piece is on disk before the name is given', async () => {
    await writeFile(path.join(folder, 'pieces'), 'text');
    await commitFile(path.join(folder, 'pieces'), path.join(folder, 'whole'));
    expect(synced).toEqual(['pieces=text', 'whole=text']);
  });

  it('gives a private file to its owner alone from its first byte on, whatever the umask and what was there', async () => {
    const file = path.join(folder, 'secret');
    await writeFile(file, 'old');
    await chmod(file, 0o666);
    const umask = process.umask(0);
    try {
      await writeDurably(file, 'new', { mode: PRIVATE });
    } finally {
      process.umask(umask);
    }
    expect(modes).toEqual([0o600]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe('new');
  });

  it('never disturbs another write of the same file: one of them is there, whole', async () => {
    vi.restoreAllMocks();
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeDurably(path.join(folder, 'note'), text)));
    expect(await readdir(folder)).toEqual(['note']);
    expect(texts).toContain(await readFile(path.join(folder, 'note'), 'utf8'));
  });

  it('leaves nothing behind when it fails, and what was there as it was', async () => {
    const file = path.join(folder, 'note');
    await writeDurably(file, 'text');
    vi.restoreAllMocks();
    const handle = await open(folder, 'r');
    const prototype: Handle = Object.getPrototypeOf(handle);
    await handle.close();
    vi.spyOn(prototype, 'sync').mockRejectedValueOnce(new Error('ENOSPC'));
    await expect(writeDurably(file, 'newer')).rejects.toThrow('ENOSPC');
    expect(await readdir(folder)).toEqual(['note']);
    expect(await readFile(file, 'utf8')).toBe('text');
  });

  it('leaves a file alone that holds the text already, if that is wanted', async () => {
    const file = path.join(folder, 'note');
    await writeDurably(file, 'text');
    await utimes(file, 1, 1);
    await writeDurably(file, 'text', { onlyIfChanged: true });
    expect((await stat(file)).mtimeMs).toBe(1000);
    await writeDurably(file, 'newer', { onlyIfChanged: true });
    expect(await readFile(file, 'utf8')).toBe('newer');
  });

  it('that a kill cut short is cleared away, and nothing else is', async () => {
    const kept = ['note', 'note.tmp', 'notes.1.txt'];
    const drafts = ['.note.0b8a2f0e-4a3f-4a5e-9f0e-2b1c3d4e5f60.tmp', 'note.17.tmp'];
    for (const name of [...kept, ...drafts]) await writeFile(path.join(folder, name), 'x');
    await removeDrafts(folder);
    expect((await readdir(folder)).sort()).toEqual(kept.sort());
  });
});

describe('the spool', () => {
  const write = { id: 'c0ffee00-0000-4000-8000-000000000001', author: 'kk-a', message: 'm', operations: [] };

  it('takes no write that the disk did not take, says so, and takes it when there is room again', async () => {
    const dir = path.join(folder, 'spool');
    const spool = await openSpool(dir);
    await rm(dir, { recursive: true });
    await expect(spool.add(write, 'a'.repeat(40), 1)).rejects.toMatchObject({
      code: 'vault/spool-failed',
      disposition: 'wait',
    });
    expect(spool.pending()).toEqual([]);
    const again = await openSpool(dir);
    await again.add(write, 'a'.repeat(40), 1);
    expect((await openSpool(dir)).pending().map((spooled) => spooled.write)).toEqual([write]);
  });
});
