import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { SwarmError } from '../../../lib/core/errors.ts';

/**
 * The exact versions that the project is tested with, oldest first: the one that package.json asks for, the newest 22, and
 * the newest 24.
 */
export const NODE_VERSIONS = ['20.19.0', '22.23.5', '24.22.3'] as const;

/** The version in images that are built without a registry; docker/Dockerfile names another of the same line, by its digest. */
export const OFFLINE_NODE = NODE_VERSIONS[2];

const FETCH_MS = 300_000;

/**
 * Fetches npm's package of Node for this platform and gives the path of its archive, whose `package/bin/node` is the
 * program. It is kept in the cache folder, where a second call finds it.
 * @throws SwarmError `testing/node-not-fetched`
 */
export async function fetchNodeArchive(version: string, cache: string, log: (line: string) => void): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const file = resolve(cache, `${name}-${version}.tgz`);
  if ((await stat(file).catch(() => undefined)) !== undefined) return file;
  await mkdir(cache, { recursive: true });
  log(`fetching Node ${version} from npm`);
  // In the cache's file system, so that the archive can be moved into place atomically.
  const stage = await mkdtemp(resolve(cache, 'fetch-'));
  try {
    // In the temporary folder, so that no project's .npmrc applies.
    const args = ['pack', '--loglevel=error', `${name}@${version}`, '--pack-destination', stage];
    const { failed, stderr } = await execa('npm', args, { reject: false, timeout: FETCH_MS, cwd: tmpdir() });
    const [archive] = await readdir(stage);
    if (failed || archive === undefined) throw notFetched(version, stderr);
    await rename(join(stage, archive), file);
    return file;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

function notFetched(version: string, said: string): SwarmError {
  const why = said.trim().split('\n').slice(0, 2).join(' / ');
  return new SwarmError({
    code: 'testing/node-not-fetched',
    disposition: 'wait',
    message: `Node ${version} could not be fetched from npm: ${why || 'npm gave no reason'}`,
    next: 'Check the network and the settings of npm, then run it again.',
  });
}
