import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeAbandoned } from '../../../lib/hub/repository.ts';
import { makeFolder } from '../../support/git.ts';

describe('what a killed push leaves in the repository', () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  beforeEach(async () => {
    [folder, removeFolder] = await makeFolder();
  });
  afterEach(() => removeFolder());

  it('is removed once no push can still be writing it, and nothing else is', async () => {
    const objects = path.join(folder, 'objects');
    await mkdir(path.join(objects, 'pack'), { recursive: true });
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const name of ['tmp_objdir-incoming-old', 'tmp_objdir-incoming-new', 'ab']) {
      await mkdir(path.join(objects, name));
      if (!name.endsWith('new')) await utimes(path.join(objects, name), hourAgo, hourAgo);
    }
    for (const name of ['tmp_pack_old', 'pack-1234.pack', '.tmp-1-pack-new.pack']) {
      await writeFile(path.join(objects, 'pack', name), 'x');
      if (!name.includes('new')) await utimes(path.join(objects, 'pack', name), hourAgo, hourAgo);
    }
    await removeAbandoned(folder, Date.now());
    expect((await readdir(objects)).sort()).toEqual(['ab', 'pack', 'tmp_objdir-incoming-new']);
    expect((await readdir(path.join(objects, 'pack'))).sort()).toEqual(['.tmp-1-pack-new.pack', 'pack-1234.pack']);
  });
});
