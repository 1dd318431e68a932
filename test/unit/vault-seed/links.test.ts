import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PEOPLE } from '../../../lib/core/ids.ts';
import { CONFIG_PATH, PROTOCOL } from '../../../lib/core/protocol.ts';
import { noteKinds } from '../../../lib/host/note-kinds.ts';
import { isSafePath, pathOwner } from '../../../lib/vault/paths.ts';
import { generatedPages, seedFiles, seedFilesEnding } from '../../support/vault-seed.ts';

interface Link {
  readonly target: string;
  readonly part: string | undefined;
  readonly embedded: boolean;
}

/** The wikilinks of a note, outside of code. */
function linksOf(text: string): readonly Link[] {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/(!?)\[\[([^\]]+)\]\]/g)].map(([, bang, body = '']) => {
    const [address = ''] = body.split(/\\?\|/);
    const [target = '', part] = address.split('#');
    return { target, part, embedded: bang === '!' };
  });
}

/** The path of a link's target in the seed or among the pages that the swarm writes. */
function resolve(target: string): string | undefined {
  const path = target.endsWith('.base') ? target : `${target}.md`;
  return seedFiles.has(path) || generatedPages.has(path) ? path : undefined;
}

const views = z.object({ views: z.array(z.object({ name: z.string() })) });

/** The places in a file that a link may point to: headings of a note, views of a base. */
function partsOf(path: string): readonly string[] {
  const text = seedFiles.get(path) ?? '';
  if (path.endsWith('.base')) return views.parse(parse(text)).views.map(({ name }) => name);
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].flatMap(([, heading]) => heading ?? []);
}

describe('links of the seed', () => {
  it.each(seedFilesEnding('.md'))('of %s lead to notes that are there or will be', (_, text) => {
    for (const { target, part, embedded } of linksOf(text)) {
      const path = resolve(target);
      expect(path, `[[${target}]]`).toBeDefined();
      if (path === undefined) continue;
      if (embedded) expect(seedFiles.has(path), `![[${target}]]`).toBe(true);
      if (part !== undefined) expect(partsOf(path), `[[${target}#${part}]]`).toContain(part);
    }
  });

  it('to pages of agents are at paths where such notes live', () => {
    const pages = [...generatedPages].filter((page) => page.startsWith('agents/'));
    expect(pages.filter((page) => !noteKinds.some((kind) => kind.path.test(page)))).toEqual([]);
  });

  it('reach every page from the start page', () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { target } of linksOf(seedFiles.get(path) ?? '')) {
        const next = resolve(target);
        if (next !== undefined && seedFiles.has(next)) visit(next);
      }
    };
    visit('Start.md');
    const pages = [...seedFiles.keys()].filter((path) => /\.(?:md|base)$/.test(path));
    expect([...reached].sort()).toEqual(pages);
  });
});

describe('notes of the seed', () => {
  const head = z.strictObject({
    kind: z.literal('page'),
    schema: z.literal(1),
    id: z.string(),
    owner: z.literal('people'),
    cssclasses: z.array(z.enum(['kk-home', 'kk-wide'])).optional(),
  });
  // The one page above whose text there is something for agents.
  const config = head.extend({ kind: z.literal('config'), protocol: z.literal(PROTOCOL) });

  it.each(seedFilesEnding('.md'))('%s is a page by people whose id is its path', (path, text) => {
    const front = /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? '';
    const { id } = (path === CONFIG_PATH ? config : head).parse(parse(front));
    expect(id).toBe(path === 'Start.md' ? 'start' : path.replace(/\.md$/, ''));
  });

  it('are all at paths that a vault takes and people own', () => {
    for (const path of seedFiles.keys()) {
      expect(isSafePath(path), path).toBe(true);
      expect(pathOwner(path), path).toBe(PEOPLE);
    }
  });

  it('load nothing from elsewhere, and name no path of a machine', () => {
    for (const [path, text] of seedFiles) {
      expect(text, path).not.toMatch(/!\[[^\]]*\]\(|<(?:img|iframe|script|link|video|audio)\b|@import|url\(/i);
      expect(text, path).not.toMatch(/(?:^|[\s"'(`])\/(?:root|home|Users|tmp|var|work|opt|mnt)\//m);
      expect(text, path).not.toMatch(/\b[A-Z]:\\/);
    }
  });
});
