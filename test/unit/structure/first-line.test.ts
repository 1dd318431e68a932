import path from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { z } from 'zod';

const graph = z.object({
  modules: z.array(
    z.object({
      source: z.string(),
      dependencies: z.array(
        z.object({ resolved: z.string(), dynamic: z.boolean(), dependencyTypes: z.array(z.string()) }),
      ),
    }),
  ),
});

/** The files that are loaded before a file runs, and by whom each is asked for. */
async function loadedBefore(entry: string): Promise<ReadonlyMap<string, string>> {
  const program = path.resolve('node_modules/.bin/depcruise');
  const { stdout } = await execa(program, [entry, '--output-type', 'json'], { reject: false });
  const { modules } = graph.parse(JSON.parse(stdout));
  const loaded = new Map([[entry, '']]);
  for (const file of loaded.keys()) {
    const found = modules.find(({ source }) => source === file);
    for (const { resolved, dynamic, dependencyTypes } of found?.dependencies ?? []) {
      if (!dynamic && !dependencyTypes.includes('type-only') && !loaded.has(resolved)) loaded.set(resolved, file);
    }
  }
  return loaded;
}

it('shows the first line of a start before what is heavy is loaded', async () => {
  const loaded = await loadedBefore('scripts/commands/up.ts');
  expect([...loaded.keys()]).toContain('scripts/terminal/step-line.ts');
  const heavy = [...loaded].filter(([file]) =>
    /node_modules\/(?:viem|ox|@aws-sdk|simple-git|irc-framework)\//.test(file),
  );
  expect(heavy).toEqual([]);
});
