import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectPath } from './project.ts';

/** Where code is: the sources and the versions of packages, or what an image was built of. */
const PLACES = ['lib', 'package-lock.json', 'scripts/program', 'build.json'];
const DIGITS = 16;

/**
 * Digests which versions of its files this program is made of, for the keys of what must not outlive a change of the code:
 * whatever changes a file gives it another time of change. The same code at another place has another digest.
 */
export function digestCode(root = projectPath('.')): string {
  const digest = createHash('sha256');
  for (const name of PLACES.flatMap((place) => filesAt(join(root, place)))) {
    const { size, ctimeMs } = statSync(name);
    digest.update(`${name}\0${size} ${ctimeMs}\0`);
  }
  return digest.digest('hex').slice(0, DIGITS);
}

function filesAt(place: string): readonly string[] {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
