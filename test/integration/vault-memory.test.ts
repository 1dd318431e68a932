import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { commitFlood } from '../support/flood.ts';
import { makeFolder, makeRemote } from '../support/git.ts';

const run = promisify(execFile);
const result = z.object({ honest: z.number(), problems: z.array(z.string()), peakMebibytes: z.number() });

it('a gigabyte of pages that one owner has takes no more memory than its bound, and nothing of others is missing', async () => {
  const [folder, removeFolder] = await makeFolder();
  try {
    const trades = Array.from(
      { length: 100 },
      (_, at) => [`agents/kk-a/trades/2026-11/${at}.md`, 'a trade\n'] as const,
    );
    const remote = await makeRemote(folder, Object.fromEntries(trades));
    const page = `---\nkind: "offer"\n---\n${'x'.repeat(255 * 1000)}`;
    // 1,020 MB at 4,000 paths, half of them at the top of the folder, whose pages stay in memory.
    const flood = Array.from(
      { length: 4_000 },
      (_, at) => [`agents/kk-evil/${at % 2 ? '' : 'offers/'}${at}.md`, page] as const,
    );
    await commitFlood(remote, { files: flood });
    const args = ['--max-old-space-size=96', '--import', 'tsx', 'test/support/read-vault.ts', remote];
    const { stdout } = await run(process.execPath, args, { timeout: 100_000 });
    const { honest, problems, peakMebibytes } = result.parse(JSON.parse(stdout));
    expect([honest, problems]).toEqual([100, ['vault/over-bound agents/kk-evil']]);
    // The program takes about 150, the bound is 64 of pages. Without it, it was over 1,100.
    expect(peakMebibytes).toBeLessThan(500);
  } finally {
    await removeFolder();
  }
});
