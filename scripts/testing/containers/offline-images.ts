import { access, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectPath } from '../../../lib/files/project.ts';
import { buildImages, TARGETS } from '../../build/images/build-images.ts';
import { cacheFolder } from '../../build/images/cache-folder.ts';
import type { Docker } from '../../build/images/docker.ts';
import { importOfflineBase } from '../../build/images/offline-base.ts';

/** The tag of images that are built to be tested. */
export const TEST_TAG = 'test';

const SAVE_MS = 600_000;
const PREFIX = 'images-';

/**
 * Builds all images without a registry and gives their names. In a checkout without changes they are kept in the cache
 * folder, and whoever asks for those of the same commit gets them from there.
 * @throws SwarmError as {@link importOfflineBase} and the engine do
 */
export async function offlineImages(docker: Docker, log: (line: string) => void): Promise<readonly string[]> {
  const kept = await keptFile();
  if (kept !== undefined && (await isThere(kept))) {
    log('loading the images that were built of this commit');
    await docker.run(['load', '--quiet', '--input', kept], { timeoutMs: SAVE_MS });
    return TARGETS.map((target) => `karmakadabra/${target}:${TEST_TAG}`);
  }
  const offlineBase = await importOfflineBase(docker, log);
  const names = await buildImages(docker, { targets: TARGETS, tag: TEST_TAG, offlineBase });
  if (kept !== undefined) await keep(docker, names, kept);
  return names;
}

/** Where the images of this commit are kept; undefined where there are changes, or no git. */
async function keptFile(): Promise<string | undefined> {
  const options = { cwd: projectPath('.'), reject: false } as const;
  const changes = await execa('git', ['status', '--porcelain'], options);
  const head = await execa('git', ['rev-parse', 'HEAD'], options);
  if (changes.failed || head.failed || changes.stdout !== '') return undefined;
  return join(cacheFolder(), `${PREFIX}${head.stdout}-${process.arch}.tar`);
}

/** Keeps images in a file, and none of another commit. */
async function keep(docker: Docker, names: readonly string[], file: string): Promise<void> {
  const folder = cacheFolder();
  for (const name of await readdir(folder)) {
    if (name.startsWith(PREFIX)) await rm(join(folder, name), { force: true });
  }
  await docker.run(['save', '--output', `${file}.tmp`, ...names], { timeoutMs: SAVE_MS });
  await rename(`${file}.tmp`, file);
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
