import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { SwarmError } from '../../../lib/core/errors.ts';
import { projectPath } from '../../../lib/files/project.ts';
import { bundledPackages } from './bundled-packages.ts';
import { cacheFolder } from './cache-folder.ts';
import type { Docker } from './docker.ts';
import { fetchNodeArchive, OFFLINE_NODE } from './node-archive.ts';

/** The name of the image that stands for Node's own where no registry answers. */
export const OFFLINE_BASE = 'karmakadabra/base:offline';

const SUITE = 'bookworm';
const PACKAGES = ['ca-certificates', 'git', 'ngircd'] as const;
/** Files that the bundler does not read: half of the packages' bytes. */
const UNREAD = ['*.d.ts', '*.d.cts', '*.d.mts', '*.map'] as const;
const DEBOOTSTRAP_MS = 1_200_000;

/**
 * Makes the base image without a registry: Debian by debootstrap from the mirror that apt uses here, Node from npm's
 * package of it, and this checkout's own packages. Debian and Node are kept in the cache folder.
 * @throws SwarmError `containers/no-mirror`, `containers/base-failed`, `testing/node-not-fetched`
 */
export async function importOfflineBase(docker: Docker, log: (line: string) => void): Promise<string> {
  const cache = cacheFolder();
  const debian = await debianTarball(cache, log);
  const node = await fetchNodeArchive(OFFLINE_NODE, cache, log);
  const stage = await mkdtemp(join(tmpdir(), 'kk-base-'));
  try {
    await need('tar', ['-x', '-f', debian, '-C', stage]);
    await mkdir(join(stage, 'usr/local/bin'), { recursive: true });
    await need('tar', ['-x', '-f', node, '-C', join(stage, 'usr/local'), '--strip-components=1', 'package/bin/node']);
    log('importing the base image');
    const packages = await bundledPackages();
    const modules = ['--transform', 's,^node_modules,app/node_modules,', '-C', projectPath('.'), ...packages];
    const unread = UNREAD.map((pattern) => `--exclude=${pattern}`);
    await execa('tar', ['-c', ...unread, '--owner=0', '--group=0', '-C', stage, '.', ...modules], {
      encoding: 'buffer',
      buffer: false,
    }).pipe('docker', ['import', '-', OFFLINE_BASE], { env: docker.environment });
    return OFFLINE_BASE;
  } catch (cause) {
    throw baseFailed(cause);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function debianTarball(cache: string, log: (line: string) => void): Promise<string> {
  const key = createHash('sha256').update(PACKAGES.join()).digest('hex').slice(0, 8);
  const file = join(cache, `debian-${SUITE}-${process.arch}-${key}.tar`);
  if (await exists(file)) return file;
  const mirror = await debianMirror();
  const stage = await mkdtemp(join(tmpdir(), 'kk-debian-'));
  try {
    log(`making Debian ${SUITE} with debootstrap`);
    const args = ['--variant=minbase', `--include=${PACKAGES.join()}`, SUITE, join(stage, 'root'), mirror];
    await need('debootstrap', args, DEBOOTSTRAP_MS);
    for (const left of ['var/cache/apt', 'var/lib/apt/lists', 'var/log', 'usr/share/doc', 'usr/share/locale']) {
      await rm(join(stage, 'root', left), { recursive: true, force: true });
    }
    await need('tar', ['-c', '-f', `${file}.tmp`, '-C', join(stage, 'root'), '.']);
    await rename(`${file}.tmp`, file);
    return file;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** The Debian mirror that this machine's apt uses, which works without access to the Internet where it is a local one. */
async function debianMirror(): Promise<string> {
  const format = ['indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages'];
  const { stdout } = await execa('apt-get', format, { reject: false });
  const uri = stdout
    .split('\n')
    .find((line) => line.endsWith(` ${SUITE}`))
    ?.split(' ')[0];
  if (uri !== undefined) return uri;
  throw new SwarmError({
    code: 'containers/no-mirror',
    disposition: 'stop',
    message: `apt on this machine names no mirror of Debian ${SUITE}`,
    next: `Add Debian ${SUITE} to its sources; or build from a registry, without --offline.`,
  });
}

async function need(program: string, args: readonly string[], timeoutMs = 300_000, cwd = '/'): Promise<void> {
  const { failed, stderr, stdout } = await execa(program, args, { reject: false, timeout: timeoutMs, cwd });
  if (failed) throw baseFailed(`${program}: ${(stderr || stdout).trim().split('\n').slice(-3).join(' / ')}`);
}

function baseFailed(cause: unknown): SwarmError {
  if (cause instanceof SwarmError) return cause;
  const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
  return new SwarmError({
    code: 'containers/base-failed',
    disposition: 'stop',
    message: `The base image could not be made: ${why}`,
    next: 'It needs root, debootstrap, npm and Debian’s mirror; or build from a registry, without --offline.',
    cause,
  });
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
