import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dayPath, openDayFiles } from '../../../lib/products/ingest/day-files.ts';
import { id32 } from '../../support/snapshot.ts';

describe('the files of days', () => {
  it('are removed an hour after their last use, and what a kill left behind at once', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kk-days-'));
    try {
      const [now, old] = [id32('now'), id32('old')];
      for (const digest of [now, old]) await writeFile(dayPath(dir, digest), '{}\n');
      for (const name of ['.spool-1', '.making-1', 'note.txt']) await writeFile(join(dir, name), 'x');
      const files = await openDayFiles(dir);
      const names = async () => (await readdir(dir)).length;
      expect(await names()).toBe(3);
      await files.sweep(new Set([now]), 1000);
      await files.sweep(new Set([now, old]), 4000);
      await files.sweep(new Set([now]), 5000);
      await files.sweep(new Set([now]), 8599);
      expect(await names()).toBe(3);
      await files.sweep(new Set([now]), 8600);
      expect((await readdir(dir)).sort()).toEqual([`${now.slice(2)}.jsonl`, 'note.txt'].sort());
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
