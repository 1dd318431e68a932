import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCorpus } from '../../../lib/products/corpus.ts';
import { corpusOf, TEST_KEY, withFolder } from '../../support/product-maker.ts';

const LOG = '[10:00] <ann> hello\n';

describe('a tree of logs', () => {
  it('is read with its subfolders, and what is not taken is counted and told with an example', async () => {
    await withFolder(async (dir) => {
      const logs = join(dir, 'logs');
      const deep = 'a/b/c/d/e/f/g';
      for (const folder of ['2024/05/03', 'empty', `${deep}/h1`, `${deep}/h2`, 'elsewhere'])
        await mkdir(join(logs, folder), { recursive: true });
      await writeFile(join(logs, '2024/05/03/#ubuntu.txt'), LOG);
      await writeFile(join(logs, deep, 'h1', '2024-05-04.txt'), LOG);
      await symlink(join(logs, 'elsewhere'), join(logs, 'linked'));
      await symlink('nowhere', join(logs, 'broken.txt'));
      const { days, problems, counts } = await (await corpusOf(dir, { 'notes.txt': 'These are logs.\n' })).scan();
      expect(days.map(({ label }) => label)).toEqual(['2024-05-03']);
      expect(counts.notTaken).toBe(5);
      expect(problems.map(({ file, detail }) => [file, detail.slice(0, 40)])).toEqual(
        [
          [`${deep}/h1`, 'this and 1 more lie too deep: folders ar'],
          ['broken.txt', 'this and 1 more are links to a folder or'],
          ['notes.txt', 'this file is in none of the forms that a'],
        ].toSorted(
          ([a], [b]) => problems.findIndex(({ file }) => file === a) - problems.findIndex(({ file }) => file === b),
        ),
      );
    });
  });

  it('whose lines lack a field is told which', async () => {
    await withFolder(async (dir) => {
      const { problems } = await (
        await corpusOf(dir, {
          '2024-05-03.txt': LOG,
          'chat.jsonl': '{"user":"ann","message":"hi"}\n{"user":"bob","message":"ho"}\n',
        })
      ).scan();
      const detail = 'its lines are JSON objects without a time (`timestamp`)';
      expect(problems).toEqual([{ file: 'chat.jsonl', code: 'products/missing-field', detail }]);
    });
  });
});

describe('logs that change', () => {
  it('are counted as new, grown, corrected or removed, told in one line, and their days are as they are then', async () => {
    await withFolder(async (dir) => {
      const logs = join(dir, 'logs');
      const told: string[] = [];
      await mkdir(logs);
      for (const day of [1, 2, 3]) await writeFile(join(logs, `2024-05-0${day}.txt`), LOG.repeat(300));
      const options = { dir: logs, workDir: join(dir, 'work'), pseudonymKey: TEST_KEY, now: () => 1 };
      const corpus = await openCorpus({ ...options, log: (line) => told.push(line) });
      const before = await corpus.scan();
      expect(before.changed).toEqual({ new: 3, grown: 0, corrected: 0, removed: 0 });
      await writeFile(join(logs, '2024-05-01.txt'), `${LOG.repeat(300)}[10:01] <bob> more\n`);
      await writeFile(join(logs, '2024-05-02.txt'), `[09:00] <bob> first\n${LOG.repeat(300)}`);
      await rm(join(logs, '2024-05-03.txt'));
      await writeFile(join(logs, '2024-05-04.txt'), LOG);
      const after = await corpus.scan();
      expect(after.changed).toEqual({ new: 1, grown: 1, corrected: 1, removed: 1 });
      expect(after.days.map(({ label }) => label)).toEqual(['2024-05-01', '2024-05-02', '2024-05-04']);
      expect(after.days.some(({ digest }) => before.days.some((day) => day.digest === digest))).toBe(false);
      expect((await corpus.scan()).changed).toEqual({ new: 0, grown: 0, corrected: 0, removed: 0 });
      expect(told).toEqual([
        'chat logs: 3 new, 0 grown, 0 corrected, 0 removed; 3 days of chat now',
        'chat logs: 1 new, 1 grown, 1 corrected, 1 removed; 3 days of chat now',
      ]);
    });
  });
});
