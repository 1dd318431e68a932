import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the program is made of. Packages stay where they are and are loaded when they are needed. */
const SOURCES = ['lib', 'scripts'];
/** Another number for other options of the bundler. */
const FORMAT = 1;
/** Bundles of sources as they were before: for those who go back and forth, and for programs that still run. */
const KEPT = 8;

/**
 * Gives the path of the program in JavaScript, bundled from the sources as they are now: loading hundreds of TypeScript files
 * one by one takes a second or more. It is made at the first start after a change and kept beside the packages. Undefined where
 * that can't be: nothing may be written there, others could have, or the bundler was not installed.
 * @param {string} root the project's folder
 * @returns {string | undefined}
 */
export function findBundle(root) {
  const cache = join(root, 'node_modules', '.cache', 'swarm-ops');
  const folder = join(cache, keyOf(root));
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
    // Perhaps another start was quicker. Whatever it was: there is another way to run the program.
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
    // Where nothing could be written, nothing is left.
  }
}

function bundle(root, target) {
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  buildSync({
    absWorkingDir: root,
    entryPoints: ['scripts/swarm-ops.ts'],
    outdir: target,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The program finds its data by the place of its sources, two folders below the project.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'scripts', 'bundle', 'swarm-ops.js')).href) },
    logLevel: 'silent',
  });
  // Once it has its name, all of it is on disk.
  for (const name of readdirSync(target)) {
    const file = openSync(join(target, name), 'r');
    fsyncSync(file);
    closeSync(file);
  }
}

/** A digest of where the sources are and which versions of them: whatever changes a file gives it another time of change. */
function keyOf(root) {
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

/** Removes all but the newest bundles, and what starts left that were killed. */
function prune(cache) {
  const found = readdirSync(cache).map((name) => ({ name, at: statSync(join(cache, name)).mtimeMs }));
  const old = found.sort((a, b) => b.at - a.at).slice(KEPT);
  for (const { name } of old) rmSync(join(cache, name), { recursive: true, force: true });
}
