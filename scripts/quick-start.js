import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folders that are bundled. Packages are not: they are loaded from node_modules. */
const SOURCES = ['lib', 'scripts'];
/** Part of the key of a bundle: increase it when the options of the bundler change. */
const FORMAT = 1;
/** How many bundles are kept: programs that still run and earlier commits that are checked out again use older ones. */
const KEPT = 8;

/**
 * Gives the path of the program as JavaScript, bundled from the current sources: loading hundreds of TypeScript files one by one
 * takes a second or more. The first start after a change writes the bundle into node_modules/.cache. Undefined where that is not
 * possible: the folder can't be written, or the bundler is not installed.
 * @param {string} root the project's folder
 * @returns {string | undefined}
 */
export function findBundle(root) {
  const cache = join(root, 'node_modules', '.cache', 'swarm-ops');
  const folder = join(cache, keyOf(root));
  const program = join(folder, 'swarm-ops.js');
  if (existsSync(program)) return program;
  const draft = `${folder}.${process.pid}.tmp`;
  try {
    bundle(root, draft);
    renameSync(draft, folder);
    prune(cache);
  } catch {
    // Another start may have written it first. Without a bundle the program runs from its sources.
    removeDraft(draft);
  }
  return existsSync(program) ? program : undefined;
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
    entryPoints: ['scripts/swarm-ops.ts'],
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

/** A digest of the paths of the sources, their inodes, sizes and times of change: any change of a file changes its ctime. */
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

/** Removes all but the newest bundles, and what killed starts left unfinished. */
function prune(cache) {
  const found = readdirSync(cache).map((name) => ({ name, at: statSync(join(cache, name)).mtimeMs }));
  const old = found.sort((a, b) => b.at - a.at).slice(KEPT);
  for (const { name } of old) rmSync(join(cache, name), { recursive: true, force: true });
}
