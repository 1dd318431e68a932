import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { manifestSchema } from '../../lib/core/manifest.ts';

/** Where editors find the schema: the first line of every manifest points at it. */
const SCHEMA_FILE = fileURLToPath(new URL('../../agents/manifest.schema.json', import.meta.url));

/** The JSON Schema (draft 2020-12) of what a person writes in manifest.yaml, as the text of the file. */
export function manifestJsonSchema(): string {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'Karmakadabra agent manifest' }, null, 2)}\n`;
}

/** Writes the schema file, or with `--check` only checks whether it is up to date: exit code 1 if not. */
async function main(args: readonly string[]): Promise<void> {
  const text = manifestJsonSchema();
  if (!args.includes('--check')) return writeFile(SCHEMA_FILE, text);
  const current = await readFile(SCHEMA_FILE, 'utf8').catch(() => '');
  if (current === text) return;
  process.stderr.write('agents/manifest.schema.json is stale. Run: npx tsx scripts/build/manifest-schema.ts\n');
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
