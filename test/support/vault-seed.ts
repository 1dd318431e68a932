import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { noteKinds } from '../../lib/host/note-kinds.ts';

const ROOT = join(import.meta.dirname, '..', '..');
export const SEED = join(ROOT, 'vault');

/** The path and the text of every file of the seed, paths relative to the seed with `/`. */
export const seedFiles: ReadonlyMap<string, string> = new Map(
  readdirSync(SEED, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(SEED, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** The files of the seed with an ending such as `.md`. */
export function seedFilesEnding(ending: string): readonly (readonly [path: string, text: string])[] {
  return [...seedFiles].filter(([path]) => path.endsWith(ending));
}

/** The names of the agents: the folders of `agents/`. */
export const agentNames: readonly string[] = readdirSync(join(ROOT, 'agents'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The text of an agent's manifest. */
export function manifestText(name: string): string {
  return readFileSync(join(ROOT, 'agents', name, 'manifest.yaml'), 'utf8');
}

/** The pages that a running swarm writes and the seed may link to. */
export const generatedPages: ReadonlySet<string> = new Set([
  ...['supply-chain', 'ledger', 'tasks', 'alerts'].map((page) => `shared/${page}.md`),
  ...agentNames.flatMap((name) => ['state', 'offerings', 'needs', 'memory'].map((page) => `agents/${name}/${page}.md`)),
]);

/** The schema of a field of a kind's front matter, as in `report.verdict`; undefined where there is no such field. */
export function fieldOf(kind: string, path: string): z.core.$ZodType | undefined {
  const found = noteKinds.find((candidate) => candidate.kind === kind);
  let schema: z.core.$ZodType | undefined = found?.schema;
  for (const name of path.split('.')) schema = objectOf(schema)?.shape[name];
  return schema === undefined ? undefined : inner(schema);
}

/** The values that a field may take where it is one of a few, else undefined. */
export function choicesOf(schema: z.core.$ZodType | undefined): readonly string[] | undefined {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  return undefined;
}

function objectOf(schema: z.core.$ZodType | undefined): z.ZodObject | undefined {
  const bare = schema === undefined ? undefined : inner(schema);
  return bare instanceof z.ZodObject ? bare : undefined;
}

/** What is read from the note: before transforms, whether optional or not. */
function inner(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return inner(schema.unwrap());
  if (schema instanceof z.ZodPipe) return inner(schema.in);
  return schema;
}
