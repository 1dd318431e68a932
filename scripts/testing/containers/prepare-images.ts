import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { formatError } from '../../../lib/core/errors.ts';
import { projectPath } from '../../../lib/files/project.ts';
import { buildImages, TARGETS } from '../../build/images/build-images.ts';
import type { Engine } from './engine.ts';
import { offlineImages, TEST_TAG } from './offline-images.ts';

const PULL_MS = 300_000;

/**
 * Builds the images to be tested: on the Dockerfile's own base where the engine can pull that, else on one made
 * here. Undefined, with the reason logged, where neither is possible.
 */
export async function prepareImages(
  engine: Engine,
  log: (line: string) => void,
): Promise<readonly string[] | undefined> {
  const base = /^ARG BASE=(\S+)$/m.exec(await readFile(projectPath('docker/Dockerfile'), 'utf8'))?.[1] ?? '';
  // An engine that was started here has no network.
  const isPulled =
    !engine.isOwn &&
    (await engine.docker.run(['pull', '--quiet', base], { timeoutMs: PULL_MS }).then(
      () => true,
      () => false,
    ));
  if (isPulled) return buildImages(engine.docker, { targets: TARGETS, tag: TEST_TAG });
  if ((await execa('debootstrap', ['--version'], { reject: false })).failed) {
    log('no registry answers, and debootstrap is not installed, so there is no base to build on');
    return undefined;
  }
  try {
    return await offlineImages(engine.docker, log);
  } catch (error) {
    log(formatError(error));
    throw error;
  }
}
