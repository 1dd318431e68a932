import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '../../../lib/vault/git.ts';
import { readVersions } from '../../../lib/vault/path-history.ts';
import { git, makeFolder } from '../../support/git.ts';

const FILE = 'shared/config.md';
const COUNT = 200;

describe('the past versions of a file', () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  beforeEach(async () => {
    [folder, removeFolder] = await makeFolder();
    await git(folder, 'init', '--quiet', '--bare');
    const commits = Array.from({ length: COUNT }, (_, index) => {
      const text = `version ${index}\n`;
      const from = index === 0 ? '' : `from :${index}\n`;
      const what = `M 100644 inline ${FILE}\ndata ${text.length}\n${text}\n`;
      return `commit refs/heads/main\nmark :${index + 1}\ncommitter x <x@x> 1700000000 +0000\ndata 1\nx\n${from}${what}`;
    });
    await execa('git', ['fast-import', '--quiet'], { cwd: folder, input: commits.join('') });
  });
  afterEach(() => removeFolder());

  it('come one at a time, newest first, and the loop has a turn between them, however many somebody wrote', async () => {
    let [turns, isDone] = [0, false];
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const found: string[] = [];
    const atTurn = new Set<number>();
    for await (const { text } of readVersions(createGit(folder), 'main', [FILE])) {
      found.push(text);
      atTurn.add(turns);
    }
    isDone = true;
    expect(found).toEqual(Array.from({ length: COUNT }, (_, index) => `version ${COUNT - 1 - index}\n`));
    expect(atTurn.size).toBe(COUNT);
  });

  it('are read as far as somebody wants them', async () => {
    for await (const { text } of readVersions(createGit(folder), 'main', [FILE])) {
      expect(text).toBe(`version ${COUNT - 1}\n`);
      break;
    }
  });
});
