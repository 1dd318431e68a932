import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldOf, generatedPages, noteKinds, seedFiles, seedFilesEnding } from '../../support/vault-seed.ts';

function readJson<Data>(path: string, schema: z.ZodType<Data>): Data {
  return schema.parse(JSON.parse(seedFiles.get(path) ?? ''));
}

const exists = (path: string) => seedFiles.has(path) || generatedPages.has(path);

type Bookmark =
  | { readonly type: 'file'; readonly path: string; readonly title: string }
  | { readonly type: 'group'; readonly title: string; readonly items: readonly Bookmark[] };
const bookmark: z.ZodType<Bookmark> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('file'), path: z.string(), title: z.string() }),
    z.object({ type: z.literal('group'), title: z.string(), items: z.array(bookmark) }),
  ]),
);

function bookmarkedPaths(items: readonly Bookmark[]): readonly string[] {
  return items.flatMap((item) => (item.type === 'file' ? [item.path] : bookmarkedPaths(item.items)));
}

describe('settings of the vault', () => {
  it.each(seedFilesEnding('.json'))('%s is JSON', (_, text) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it('turn on what the pages need and nothing that writes notes by itself', () => {
    const plugins = readJson('.obsidian/core-plugins.json', z.record(z.string(), z.boolean()));
    for (const name of [
      'bases',
      'bookmarks',
      'graph',
      'global-search',
      'outline',
      'properties',
      'backlink',
      'file-explorer',
    ]) {
      expect(plugins[name], name).toBe(true);
    }
    for (const name of ['daily-notes', 'templates', 'sync', 'publish', 'zk-prefixer'])
      expect(plugins[name], name).toBe(false);
  });

  it('open notes for reading, and put new ones where people write', () => {
    const app = readJson('.obsidian/app.json', z.record(z.string(), z.unknown()));
    expect(app).toMatchObject({
      alwaysUpdateLinks: false,
      defaultViewMode: 'preview',
      newFileLocation: 'folder',
      newFileFolderPath: 'people',
      // The pages are wrapped at 120 characters: a line end is no line break.
      strictLineBreaks: true,
    });
    expect(String(app.attachmentFolderPath)).toMatch(/^people\//);
  });

  it('list Dataview and ship no plugin', () => {
    expect(readJson('.obsidian/community-plugins.json', z.array(z.string()))).toEqual(['dataview']);
    expect([...seedFiles.keys()].filter((path) => path.startsWith('.obsidian/plugins/'))).toEqual([]);
  });

  it('enable snippets that are there, and style classes that are used', () => {
    const { enabledCssSnippets } = readJson(
      '.obsidian/appearance.json',
      z.object({ enabledCssSnippets: z.array(z.string()) }),
    );
    for (const name of enabledCssSnippets) {
      const css = seedFiles.get(`.obsidian/snippets/${name}.css`) ?? '';
      const classes = new Set([...css.matchAll(/\.(kk-\w+)/g)].flatMap(([, found]) => found ?? []));
      expect(classes.size).toBeGreaterThan(0);
      const notes = seedFilesEnding('.md')
        .map(([, text]) => text)
        .join('\n');
      for (const found of classes) expect(notes).toMatch(new RegExp(`^cssclasses: \\[${found}\\]$`, 'm'));
    }
  });

  it('bookmark the start page and every dashboard and knowledge page', () => {
    const { items } = readJson('.obsidian/bookmarks.json', z.object({ items: z.array(bookmark) }));
    const paths = bookmarkedPaths(items);
    expect(paths[0]).toBe('Start.md');
    for (const path of paths) expect(exists(path), path).toBe(true);
    for (const [path] of seedFilesEnding('.md')) {
      if (/^(?:dashboards|knowledge)\//.test(path)) expect(paths).toContain(path);
    }
  });

  it('open on the start page, and keep the layout of a person out of later commits', () => {
    const leaf = z.object({
      id: z.string(),
      state: z.object({
        type: z.literal('markdown'),
        state: z.object({ file: z.string(), mode: z.literal('preview') }),
      }),
    });
    const layout = readJson(
      '.obsidian/workspace.json',
      z.object({
        main: z.object({ children: z.tuple([z.object({ children: z.tuple([leaf]) })]) }),
        active: z.string(),
      }),
    );
    const opened = layout.main.children[0].children[0];
    expect(opened.state.state.file).toBe('Start.md');
    expect(layout.active).toBe(opened.id);
    expect(seedFiles.get('.gitignore')?.split('\n')).toContain('.obsidian/workspace*.json');
  });

  it('give types to properties that notes have', () => {
    const { types } = readJson('.obsidian/types.json', z.object({ types: z.record(z.string(), z.string()) }));
    for (const [property, type] of Object.entries(types)) {
      if (property === 'tags' || property === 'cssclasses') continue;
      const fields = noteKinds.flatMap(({ kind }) => fieldOf(kind, property) ?? []);
      expect(fields.length, property).toBeGreaterThan(0);
      const isNumber = fields.every((field) => field instanceof z.ZodNumber || field instanceof z.ZodLiteral);
      expect(isNumber, `${property} is a ${type}`).toBe(type === 'number' || property === 'kind');
    }
  });

  it('colour groups of notes in the graph', () => {
    const { colorGroups } = readJson(
      '.obsidian/graph.json',
      z.object({
        colorGroups: z.array(
          z.object({
            query: z.string(),
            color: z.object({ a: z.literal(1), rgb: z.number().int().min(0).max(0xff_ff_ff) }),
          }),
        ),
      }),
    );
    expect(new Set(colorGroups.map(({ color }) => color.rgb)).size).toBe(colorGroups.length);
  });
});
