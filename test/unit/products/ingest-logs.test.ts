import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCorpusSettings } from '../../../lib/products/ingest/corpus-settings.ts';
import { emptyIndex } from '../../../lib/products/ingest/ingest-index.ts';
import { ingestLogs } from '../../../lib/products/ingest/ingest-logs.ts';
import { createPseudonyms } from '../../../lib/products/ingest/pseudonyms.ts';
import { readWordUse } from '../../../lib/products/ingest/word-use.ts';
import { createYieldToLoop } from '../../../lib/products/yield-to-loop.ts';
import { TEST_KEY, withFolder } from '../../support/product-maker.ts';

describe('a log that the system cannot read', () => {
  it('is told without its path, and read as soon as it can be, though it has not changed', async () => {
    await withFolder(async (dir) => {
      const name = '2020-01-01.raw.txt';
      const path = join(dir, name);
      const daysDir = join(dir, 'days');
      await mkdir(daysDir);
      const index = emptyIndex();
      const job = {
        logs: [{ name, path, place: { path: name, day: '2020-01-01' }, stamp: 'the same' }],
        index,
        daysDir,
        settings: parseCorpusSettings('', 'corpus.yaml'),
        pseudonyms: createPseudonyms(TEST_KEY),
        wordUse: await readWordUse(dir, true),
        yieldToLoop: createYieldToLoop(),
        log: () => undefined,
      };
      expect((await ingestLogs(job)).read).toBe(1);
      const problem = { code: 'products/unreadable-log', detail: 'it could not be read (ENOENT)' };
      expect(index.files.get(name)).toMatchObject({ segments: [], problem });
      await writeFile(path, '[10:00] <ann> hello\n');
      expect((await ingestLogs(job)).read).toBe(1);
      expect(index.files.get(name)).toMatchObject({ stamp: 'the same', counts: { messages: 1 } });
      expect((await ingestLogs(job)).read).toBe(0);
    });
  });
});
