import { appendFile, chmod, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordFile, type RecordFile, readRecords } from '../../../lib/files/record-file.ts';
import { makeFolder } from '../../support/git.ts';

let folder = '';
let file = '';
let remove: () => Promise<void>;
const warnings: string[] = [];

beforeEach(async () => {
  [folder, remove] = await makeFolder();
  file = path.join(folder, 'index', 'a.records');
  warnings.length = 0;
});
afterEach(() => remove());

const open = (): Promise<RecordFile> => openRecordFile(file, (message) => warnings.push(message));
const all = async (): Promise<Record<string, string | undefined>> => {
  const records = await readRecords(file);
  return Object.fromEntries([...records.keys()].map((key) => [key, records.get(key)]));
};

async function fill(texts: Readonly<Record<string, string>>): Promise<void> {
  const records = await open();
  for (const [key, text] of Object.entries(texts)) records.add(key, text);
  await records.flush();
}

describe('a file of records', () => {
  it('gives what was added, the last text of a key, also to who opens it later', async () => {
    await fill({ a: '1', 'b c/d.md': '{"x":"ü\\n"}' });
    await fill({ a: '2' });
    expect(await all()).toEqual({ a: '2', 'b c/d.md': '{"x":"ü\\n"}' });
    expect((await readRecords(file)).lines).toBe(3);
    expect(warnings).toEqual([]);
  });

  it('is for its user alone', async () => {
    await fill({ a: '1' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    for (const mode of [0o640, 0o604, 0o620, 0o602]) {
      await chmod(file, mode);
      expect(await all()).toEqual({});
    }
    await fill({ b: '2' });
    expect(await all()).toEqual({ b: '2' });
  });

  it('is no link', async () => {
    await fill({ a: '1' });
    const other = path.join(folder, 'other');
    await rename(file, other);
    await symlink(other, file);
    expect(await all()).toEqual({});
    await fill({ b: '2' });
    expect(await all()).toEqual({ b: '2' });
    expect((await readFile(other, 'utf8')).includes('b\t2')).toBe(false);
  });

  it('never gives what was not put into it, wherever it is cut off or a byte is changed, and can be added to again', async () => {
    const texts = { one: 'first', two: 'second', three: 'third' };
    await fill(texts);
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.option(fc.nat(255), { nil: undefined }), async (place, byte) => {
        const bytes = Buffer.from(whole);
        if (byte !== undefined) bytes[place] = byte;
        await writeFile(file, byte === undefined ? bytes.subarray(0, place) : bytes);
        for (const [key, text] of Object.entries(await all())) {
          if (text !== undefined) expect(texts).toHaveProperty(key, text);
        }
        await fill({ four: 'fourth' });
        expect(await all()).toMatchObject({ four: 'fourth' });
      }),
      { numRuns: 150 },
    );
  });

  it('is replaced whole: who read it before has what was there, who reads it after has the rest and what came then', async () => {
    await fill({ a: '1', b: '2' });
    const before = await readRecords(file);
    const records = await open();
    const replaced = records.replace([['b', '3']]);
    records.add('c', '4');
    await Promise.all([replaced, records.flush()]);
    expect([before.get('a'), before.get('b')]).toEqual(['1', '2']);
    expect(await all()).toEqual({ b: '3', c: '4' });
  });

  it('tells of a disk that does not take it, and goes on', async () => {
    const records = await open();
    await rename(path.dirname(file), path.join(folder, 'away'));
    await writeFile(path.dirname(file), '');
    records.add('a', '1');
    await records.flush();
    expect(warnings).toEqual([expect.stringContaining('a.records')]);
    await rm(path.dirname(file));
    await rename(path.join(folder, 'away'), path.dirname(file));
    records.add('b', '2');
    await records.flush();
    expect(await all()).toEqual({ b: '2' });
  });

  it('is begun anew where its folder was removed while it was open', async () => {
    const records = await open();
    records.add('a', '1');
    await records.flush();
    await rm(path.dirname(file), { recursive: true });
    records.add('b', '2');
    await records.flush();
    expect(await all()).toEqual({ b: '2' });
    await rm(path.dirname(file), { recursive: true });
    await records.replace([['c', '3']]);
    expect(await all()).toEqual({ c: '3' });
    expect(warnings).toEqual([]);
  });

  it('keeps nobody waiting where a pipe stands in its place', async () => {
    await mkdir(path.dirname(file), { mode: 0o700 });
    await execa('mkfifo', ['-m', '600', file]);
    expect(await all()).toEqual({});
    const records = await open();
    await execa('mkfifo', ['-m', '600', file]);
    records.add('a', '1');
    await records.flush();
    expect(warnings).toEqual([expect.stringContaining('a.records')]);
    await records.replace([['b', '2']]);
    expect(await all()).toEqual({ b: '2' });
  });

  it('is read in time in proportion to its size, whatever is in it', async () => {
    await fill({ a: '1' });
    await appendFile(file, `${'\n'.repeat(200_000)}${'x'.repeat(1_000_000)}`);
    const startedMs = performance.now();
    expect(await all()).toEqual({ a: '1' });
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });
});
