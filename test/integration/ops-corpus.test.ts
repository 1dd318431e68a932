import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { swarmOps } from '../support/swarm-ops.ts';

const checked = z.object({
  items: z.tuple([
    z.object({
      counts: z.object({ messages: z.number(), optedOut: z.number() }),
      optOuts: z.number(),
      days: z.array(z.string()),
      formats: z.array(z.object({ form: z.string(), files: z.number(), from: z.string(), to: z.string() })),
      problems: z.array(z.object({ file: z.string(), code: z.string() })),
      sample: z.array(z.object({ text: z.string() })),
    }),
  ]),
});

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kk-check-'));
  await mkdir(join(dir, 'logs'));
  const files = {
    'corpus.yaml': 'optOut: [carla, nobody_there]\n',
    '2024-05-03.txt': '[09:01] <ann> write to ann@example.org\n[09:02] <carla> not mine to sell\n',
    'chat.weechatlog': '2024-05-04 10:00:00\tann\thello\n',
    'photo.txt': 'no chat at all\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'logs', name), text);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('swarm-ops corpus check', () => {
  it('shows what would be sold, as what, and what is left out, and keeps nothing', async () => {
    const { code, stdout } = await swarmOps(['corpus', 'check', join(dir, 'logs'), '--json'], { env: { TMPDIR: dir } });
    const { counts, optOuts, days, formats, problems, sample } = checked.parse(JSON.parse(stdout)).items[0];
    expect([code, counts, optOuts]).toEqual([0, { messages: 2, optedOut: 1 }, 2]);
    expect(days).toEqual(['2024-05-03', '2024-05-04']);
    expect(formats).toEqual([
      { form: 'ubuntu', files: 1, from: '2024-05-03', to: '2024-05-03' },
      { form: 'weechat', files: 1, from: '2024-05-04', to: '2024-05-04' },
    ]);
    expect(problems.map(({ file, code: why }) => [file, why])).toEqual([
      ['photo.txt', 'products/unrecognized-log'],
      ['corpus.yaml', 'products/opt-outs-unmatched'],
    ]);
    expect(sample.map(({ text }) => text)).toEqual(['write to [email]', 'hello']);
    expect(await readdir(dir)).toEqual(['logs']);
  });

  it('names in words nothing of who opted out', async () => {
    const { code, stdout, stderr } = await swarmOps(['corpus', 'check', join(dir, 'logs')]);
    expect(code).toBe(0);
    expect(stdout).toContain('To be sold: 2 messages of 2 days.');
    expect(stdout).toContain('1 of 2 opt-outs matched nobody');
    expect(`${stdout}${stderr}`).not.toMatch(/carla|nobody_there|not mine|example\.org/);
  });

  it('says where the first line stands that is not understood, in which form it should be, and the time zone', async () => {
    await writeFile(join(dir, 'logs', '2024-05-05.txt'), '[09:01] <ann> hello\n[9:2 carla] broken\n');
    const { stdout } = await swarmOps(['corpus', 'check', join(dir, 'logs')]);
    expect(stdout).toContain('Times without a zone are read as those of UTC');
    expect(stdout).toMatch(/line 2 of 2024-05-05\.txt; that file is read as ubuntu: .*`\[HH:MM\] <nick> text`/);
    expect(stdout).not.toContain('carla');
  });

  it('stops at a folder that cannot be read, and says what to do', async () => {
    const { code, stderr } = await swarmOps(['corpus', 'check', join(dir, 'nowhere')]);
    expect(code).toBe(1);
    expect(stderr).toContain('products/corpus-missing');
  });
});
