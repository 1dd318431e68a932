import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { openCorpus } from '../../lib/products/corpus.ts';
import { TEST_KEY, withFolder } from '../support/product-maker.ts';

const MEBIBYTE = 1024 * 1024;
/** Four times what is promised: then the line stands out from what waits for the collector. */
const LINE_MIB = 200;

describe('a line of 200 MB', () => {
  it('is skipped and counted without being held, and the messages around it stay', async () => {
    await withFolder(async (dir) => {
      const logs = join(dir, 'logs');
      await mkdir(logs);
      const file = createWriteStream(join(logs, '2020-01-01.raw.txt'));
      file.write('[10:00] <ann> before\n[10:01] <ann> ');
      const part = Buffer.alloc(MEBIBYTE, 'x');
      for (let written = 0; written < LINE_MIB; written += 1) {
        if (!file.write(part)) await once(file, 'drain');
      }
      file.end('\n[10:02] <ann> after\n');
      await finished(file);
      await writeFile(join(logs, '2020-01-02.raw.txt'), '[10:00] <bob> another day\n');

      const corpus = await openCorpus({ dir: logs, workDir: join(dir, 'work'), pseudonymKey: TEST_KEY, now: () => 1 });
      const before = process.memoryUsage().arrayBuffers;
      let most = before;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }, 5);
      const { counts, days } = await corpus.scan();
      clearInterval(watch);
      expect([counts.tooLong, counts.messages, days.length]).toEqual([1, 3, 2]);
      // What was read and is not collected yet may be some tens of MiB; the line itself would be all of it.
      expect(most - before).toBeLessThan((LINE_MIB / 2) * MEBIBYTE);
    });
  });
});
