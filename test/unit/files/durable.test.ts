import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { appendLine, writeDurably } from '../../../lib/files/durable.ts';
import { openSpool } from '../../../lib/vault/spool.ts';

let folder = '';
let synced: string[] = [];

/** What stands in the folder: names of files with what is in them. */
const seen = (): string =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
    .map((name) => `${name.replace(/\.\d+\.tmp$/, '.draft')}=${readFileSync(path.join(folder, name), 'utf8')}`)
    .join(' ');

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kk-durable-'));
  synced = [];
  const handle = await open(folder, 'r');
  const prototype: { sync: () => Promise<void>; datasync: () => Promise<void> } = Object.getPrototypeOf(handle);
  await handle.close();
  // What the disk was told to keep is what stood there when it was told.
  for (const name of ['sync', 'datasync'] as const) {
    const original = prototype[name];
    vi.spyOn(prototype, name).mockImplementation(function (this: unknown) {
      synced.push(seen());
      return original.call(this);
    });
  }
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
    expect(synced.slice(2)).toEqual(['note=text note.draft=newer', 'note=newer']);
  });

  it('of a line is on disk before it is done', async () => {
    await appendLine(path.join(folder, 'lines'), 'one');
    await appendLine(path.join(folder, 'lines'), 'two');
    expect(synced).toEqual(['lines=one\n', 'lines=one\ntwo\n']);
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
