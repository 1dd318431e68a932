import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folders that are bundled. Packages are not: they are loaded from node_modules. */
const SOURCES = ['lib', 'scripts'];
/** Part of the key of a bundle: increase it when the options of the bundler change. */
const FORMAT = 2;
/** How many bundles are kept: programs that still run and earlier commits that are checked out again use older ones. */
const KEPT = 8;

/**
 * Gives the path of the program as JavaScript, bundled from the current sources: loading hundreds of TypeScript files one by one
 * takes a second or more. The first start after a change writes the bundle into node_modules/.cache. Undefined where that is not
 * possible: the folder can't be written, others could have written to it, or the bundler is not installed.
 * @param {string} root the project's folder
 * @returns {string | undefined}
 */
export function findBundle(root) {
  const cache = join(root, 'node_modules', '.cache', 'swarm-ops');
  const key = keyOf(root);
  if (key === undefined) return undefined;
  const folder = join(cache, key);
  const program = join(folder, 'swarm-ops.js');
  // What is in a folder of those who may not change the program is not run, and nothing is put there.
  if (!isTrusted(root, cache)) return undefined;
  const isMade = () => [folder, program].every((place) => isThere(place) && isTrusted(root, place));
  if (isMade()) return program;
  const draft = `${folder}.${process.pid}.tmp`;
  const umask = process.umask();
  try {
    // What others may write is not run.
    process.umask(umask | 0o022);
    bundle(root, draft);
    renameSync(draft, folder);
    prune(cache);
  } catch {
    // Another start may have written it first. Without a bundle the program runs from its sources.
    removeDraft(draft);
  } finally {
    process.umask(umask);
  }
  return isMade() ? program : undefined;
}

/** Whether a place is nobody's to change but this user's, root's or the one's whose program it is. One that isn't there is. */
function isTrusted(root, place) {
  if (!isThere(place)) return true;
  const { uid, mode } = lstatSync(place);
  // Systems without such users and rights have nobody to tell apart.
  const me = process.geteuid?.();
  if (me === undefined) return true;
  return [me, 0, statSync(join(root, 'scripts')).uid].includes(uid) && (mode & 0o002) === 0;
}

function isThere(place) {
  try {
    return lstatSync(place, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function removeDraft(draft) {
  try {
    rmSync(draft, { recursive: true, force: true });
  } catch {
    // Nothing could be written there, so there is nothing to remove.
  }
}

function bundle(root, target) {
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  buildSync({
    absWorkingDir: root,
    entryPoints: {
      'swarm-ops': 'scripts/swarm-ops.ts',
      'goods-process': 'lib/products/isolation/goods-process.ts',
    },
    outdir: target,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The program finds its data relative to its sources, which are two folders below the project.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'scripts', 'bundle', 'swarm-ops.js')).href) },
    logLevel: 'silent',
  });
  // The caller renames the folder: a bundle under its final name is complete on disk, also after a power failure.
  for (const name of readdirSync(target)) {
    const file = openSync(join(target, name), 'r');
    fsyncSync(file);
    closeSync(file);
  }
}

/** A digest of the paths of the sources, their inodes, sizes and times of change: any change of a file changes its ctime. Undefined while they change. */
function keyOf(root) {
  try {
    return digestOf(root);
  } catch {
    // A source went away while it was looked at.
    return undefined;
  }
}

function digestOf(root) {
  const digest = createHash('sha256').update(`${FORMAT} ${root}\0`);
  for (const source of SOURCES) {
    const names = readdirSync(join(root, source), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:ts|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const name of names) {
      const { ino, size, ctimeMs } = statSync(name);
      digest.update(`${name}\0${ino} ${size} ${ctimeMs}\0`);
    }
  }
  return digest.digest('hex').slice(0, 32);
}

/** Removes all but the newest bundles, and what killed starts left unfinished. */
function prune(cache) {
  const found = readdirSync(cache).map((name) => ({ name, at: statSync(join(cache, name)).mtimeMs }));
  const old = found.sort((a, b) => b.at - a.at).slice(KEPT);
  for (const { name } of old) rmSync(join(cache, name), { recursive: true, force: true });
}
