import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('what a person installs in the opened vault', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kk-untracked-'));
    await execa('git', ['init', '--quiet', dir]);
    await copyFile('vault/.gitignore', join(dir, '.gitignore'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const isIgnored = async (path: string) =>
    (await execa('git', ['-C', dir, 'check-ignore', '--quiet', path], { reject: false })).exitCode === 0;

  it.each([
    '.obsidian/plugins/dataview/main.js',
    '.obsidian/plugins/dataview/data.json',
    '.obsidian/themes/Minimal/theme.css',
    '.obsidian/cache',
    '.obsidian/community-plugins.json',
    '.obsidian/snippets/mine.css',
    '.obsidian/workspace.json',
    '.obsidian/workspace-mobile.json',
    '.trash/old.md',
  ])('stays theirs: git passes over %s', async (path) => {
    expect(await isIgnored(path)).toBe(true);
  });

  it.each(['.obsidian/app.json', '.obsidian/graph.json', 'people/ana.md', 'shared/config.md'])(
    'is not taken for what is everybody’s: %s',
    async (path) => {
      expect(await isIgnored(path)).toBe(false);
    },
  );
});
