import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { noteKinds } from '../../../lib/host/note-kinds.ts';
import { fieldOf, generatedPages, seedFiles, seedFilesEnding } from '../../support/vault-seed.ts';

function readJson<Data>(name: string, schema: z.ZodType<Data>): Data {
  return schema.parse(JSON.parse(seedFiles.get(`.obsidian/${name}.json`) ?? ''));
}

describe('settings of the vault', () => {
  it('are JSON, and bring no plugin', () => {
    for (const [path, text] of seedFilesEnding('.json')) expect(() => JSON.parse(text), path).not.toThrow();
    expect([...seedFiles.keys()].filter((path) => path.startsWith('.obsidian/plugins/'))).toEqual([]);
  });

  it('turn on what shows the dashboards, and nothing that writes notes or sends them elsewhere by itself', () => {
    const plugins = readJson('core-plugins', z.record(z.string(), z.boolean()));
    expect(plugins.bases).toBe(true);
    for (const name of ['daily-notes', 'templates', 'sync', 'publish', 'zk-prefixer'])
      expect(plugins[name]).toBe(false);
  });

  it('put what people write where it is theirs, and leave links of agents alone', () => {
    const app = readJson('app', z.record(z.string(), z.unknown()));
    expect(app).toMatchObject({ alwaysUpdateLinks: false, newFileLocation: 'folder', newFileFolderPath: 'people' });
    expect(app.attachmentFolderPath).toMatch(/^people\//);
  });

  it('lead to notes that are there or will be, and keep the layout of a person out of later commits', () => {
    // Bookmarks and the opened note are objects with a path, at any depth.
    const named = ['bookmarks', 'workspace'].flatMap((name) => [
      ...(seedFiles.get(`.obsidian/${name}.json`) ?? '').matchAll(/"(?:path|file)": "([^"]+)"/g),
    ]);
    expect(named.length).toBeGreaterThan(10);
    const known = [...seedFiles.keys(), ...generatedPages];
    expect(known).toEqual(expect.arrayContaining(named.map(([, path]) => path)));
    expect(seedFiles.get('.gitignore')?.split('\n')).toContain('.obsidian/workspace*.json');
  });

  it('give types to properties that notes have', () => {
    const { types } = readJson('types', z.object({ types: z.record(z.string(), z.string()) }));
    for (const [property, type] of Object.entries(types)) {
      if (property === 'tags' || property === 'cssclasses') continue;
      const fields = noteKinds.flatMap(({ kind }) => fieldOf(kind, property) ?? []);
      expect(fields.length, property).toBeGreaterThan(0);
      const isNumber = fields.every((field) => field instanceof z.ZodNumber || field instanceof z.ZodLiteral);
      expect(isNumber, `${property} is a ${type}`).toBe(type === 'number' || property === 'kind');
    }
  });
});
