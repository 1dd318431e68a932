import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { noteKinds, readNotes } from '../../../lib/host/note-kinds.ts';
import { memoryVault } from '../../support/memory-vault.ts';

const lib = join(import.meta.dirname, '..', '..', '..', 'lib');
const kindShape = z.object({
  kind: z.string(),
  version: z.number(),
  path: z.instanceof(RegExp),
  schema: z.instanceof(z.ZodType),
});

/** The kinds of notes that any file of lib exports. */
async function declaredKinds() {
  const files = readdirSync(lib, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /\bNoteKind\b/.test(readFileSync(file, 'utf8')));
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(file).href) as Promise<object>));
  return modules.flatMap((module) => Object.values(module).flatMap((value) => kindShape.safeParse(value).data ?? []));
}

describe('the list of kinds of notes', () => {
  it('holds each kind that a folder of lib exports, once', async () => {
    const declared = await declaredKinds();
    expect(declared.length).toBeGreaterThan(10);
    expect(noteKinds.map(({ kind }) => kind).sort()).toEqual(declared.map(({ kind }) => kind).sort());
    for (const { kind, schema } of noteKinds) {
      expect(declared.find((candidate) => candidate.kind === kind)?.schema).toBe(schema);
    }
  });

  it('is what unreadable notes are found by', () => {
    const vault = memoryVault();
    for (const path of ['agents/kk-a/state.md', 'shared/alerts.md']) vault.files.set(path, '---\nkind: [\n---\n');
    const unread = readNotes(vault.index()).map(({ path }) => path);
    expect(unread.sort()).toEqual(['agents/kk-a/state.md', 'shared/alerts.md']);
  });
});
