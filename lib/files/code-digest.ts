import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectPath } from './project.ts';

/** The files that make up the program: the sources and the versions of packages, or an image's build record. */
const SOURCES = ['lib', 'package-lock.json', 'scripts/program', 'build.json'];
const DIGITS = 16;

/**
 * Computes a digest of this program's files from their paths, sizes and change times: a cache key for what must be
 * computed again when the code changes. The same code in another folder has another digest.
 */
export function digestCode(root = projectPath('.')): string {
  const digest = createHash('sha256');
  for (const name of SOURCES.flatMap((source) => filesAt(join(root, source)))) {
    const { size, ctimeMs } = statSync(name);
    digest.update(`${name}\0${size} ${ctimeMs}\0`);
  }
  return digest.digest('hex').slice(0, DIGITS);
}

function filesAt(source: string): readonly string[] {
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [source];
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
