import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestCode } from '../../../lib/files/code-digest.ts';
import { makeFolder } from '../../support/git.ts';

let folder = '';
let remove: () => Promise<void>;
beforeEach(async () => {
  [folder, remove] = await makeFolder();
  await mkdir(path.join(folder, 'lib', 'core'), { recursive: true });
  for (const name of ['lib/core/a.ts', 'lib/b.ts', 'package-lock.json'])
    await writeFile(path.join(folder, name), 'one');
});
afterEach(() => remove());

describe('the digest of the code', () => {
  it('stays while nothing changes', () => {
    expect(digestCode(folder)).toBe(digestCode(folder));
    expect(digestCode()).toBe(digestCode());
  });

  it('differs after any change of a file, also one that leaves its size and its time, and of another folder', async () => {
    const seen = [digestCode(folder)];
    const file = path.join(folder, 'lib/core/a.ts');
    await utimes(file, 1, 1);
    seen.push(digestCode(folder));
    await writeFile(file, 'two');
    await utimes(file, 1, 1);
    seen.push(digestCode(folder));
    await writeFile(path.join(folder, 'package-lock.json'), 'two');
    seen.push(digestCode(folder));
    await writeFile(path.join(folder, 'lib/c.ts'), '');
    seen.push(digestCode(folder));
    await rm(path.join(folder, 'lib/b.ts'));
    seen.push(digestCode(folder));
    expect(new Set(seen).size).toBe(seen.length);
  });
});
