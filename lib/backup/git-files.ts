import { fileIn, pathsBelow, readNow } from './source-files.ts';
import type { SourceFile } from './write-archive.ts';

/**
 * The files of a bare repository that a backup holds: refs and objects. Its configuration and hooks are programs that git would
 * run, and are made again. Indexes over all packs are made again, too: a packing in between leaves them naming packs that are gone.
 */
const KEPT =
  /^(?:packed-refs|refs\/(?:[^/]+\/)*[^/]+|objects\/[0-9a-f]{2}\/[0-9a-f]{38,62}|objects\/pack\/pack-[0-9a-f]+\.(?:pack|idx|rev))$/;

/** Whether a path within a bare repository belongs into a backup. */
export function isKeptOfRepository(path: string): boolean {
  return KEPT.test(path) && !path.endsWith('.lock');
}

/**
 * Reads where the refs of a bare repository are now, while others push to it. Every object that they reach is there already, and
 * stays.
 */
export async function readRefs(root: string, repository: string): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  // Packing writes them together before it deletes them one by one: in the other order one could be missed.
  for (const path of [...(await pathsBelow(root, `${repository}/refs`)), `${repository}/packed-refs`]) {
    if (!isKeptOfRepository(path.slice(repository.length + 1))) continue;
    const file = await readNow(root, path);
    if (file !== undefined) files.push(file);
  }
  return files;
}

/**
 * Gives the objects of a bare repository while others push to it and pack it. Objects move from files to packs and from packs to
 * larger packs, so it looks again until nothing is new.
 */
export async function* objectFiles(root: string, repository: string): AsyncGenerator<SourceFile> {
  const given = new Set<string>();
  for (;;) {
    const fresh = (await pathsBelow(root, `${repository}/objects`)).filter(
      (path) => isKeptOfRepository(path.slice(repository.length + 1)) && !given.has(path),
    );
    if (fresh.length === 0) return;
    for (const path of fresh) {
      given.add(path);
      yield* fileIn(root, path);
    }
  }
}
