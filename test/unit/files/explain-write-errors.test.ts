import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import { explainWriteErrors } from '../../../lib/files/explain-write-errors.ts';
import { openStateFolder } from '../../../lib/host/state-folder.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kk-writing-'));
  await writeFile(join(dir, 'file'), 'x');
  await mkdir(join(dir, 'folder'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('writing where a person says', () => {
  it.each([
    ['none/goods', (at: string) => `there is no folder ${join(at, 'none')}`],
    ['file/goods', (at: string) => `a part of ${join(at, 'file')} is a file`],
    ['folder', () => 'it is a folder'],
  ])('tells what stands in the way of %s, and what to do', async (name, why) => {
    const path = join(dir, name);
    const failure = explainWriteErrors(path, '--out', () => writeFile(path, 'goods'));
    await expect(failure).rejects.toMatchObject({
      code: 'swarm/unwritable',
      disposition: 'stop',
      message: `${path} can't be written: ${why(dir)}`,
      next: expect.stringContaining('--out'),
    });
  });

  it('leaves other failures as they are', async () => {
    const failure = new SwarmError({ code: 'a/b', disposition: 'stop', message: 'm', next: 'n' });
    await expect(explainWriteErrors(dir, '--out', () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(explainWriteErrors(dir, '--out', () => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });

  it('speaks of the state folder that can not be made', async () => {
    const failure = openStateFolder(join(dir, 'file', 'state'), '2026-11-20T00:00:00Z', () => undefined);
    await expect(failure).rejects.toMatchObject({ disposition: 'stop', next: expect.stringContaining('--state') });
  });
});
