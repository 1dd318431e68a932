import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../build/images/cache-folder.ts';
import { fetchNodeArchive } from '../build/images/node-archive.ts';

/**
 * Gives the path of a folder whose `node` is exactly of a version: the running one where it is, else npm's package of
 * it, unpacked in the cache folder.
 * @throws SwarmError `testing/node-not-fetched`
 */
export async function nodeFolder(version: string, log: (line: string) => void): Promise<string> {
  if (process.versions.node === version) return join(process.execPath, '..');
  const cache = cacheFolder();
  const folder = join(cache, `node-${process.platform}-${process.arch}-${version}`);
  if ((await stat(folder).catch(() => undefined)) !== undefined) return folder;
  const archive = await fetchNodeArchive(version, cache, log);
  const stage = await mkdtemp(join(cache, 'unpack-'));
  try {
    await execa('tar', ['-x', '-f', archive, '-C', stage, '--strip-components=2', 'package/bin/node']);
    await rename(stage, folder);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  return folder;
}
