import { createBlobReader } from './blob-reader.ts';
import type { Git } from './git.ts';

/** A version of a file. */
export interface FileVersion {
  readonly path: string;
  readonly text: string;
}

/**
 * How many versions are looked through. Whoever may write can write many to bury a signed one: these are as many as the hub
 * takes in twenty pushes, and take seconds, once.
 */
const MAX_VERSIONS = 20_000;
/** Signed notes are small. Larger versions are left out, because parsing them takes long. */
const MAX_BYTES = 16 * 1024;

/**
 * Reads the past versions of files, newest first, each content once; of a shallow clone, those that it has. One is held at a
 * time, and the loop has a turn between them: whoever may write chooses how many there are.
 * @param range a head, or what `git log` takes, as in `a..b`.
 */
export async function* readVersions(git: Git, range: string, paths: readonly string[]): AsyncGenerator<FileVersion> {
  const log = ['log', '--format=', '--raw', '--no-abbrev', '--no-renames', '-m', `-${MAX_VERSIONS}`, '-z'];
  const raw = await git.run([...log, range, '--', ...paths.map((path) => `:(literal)${path}`)]);
  // Each entry is `:<modes> <digest before> <digest after> <status>\0<path>\0`.
  const fields = raw.split('\0');
  const found: (readonly [path: string, digest: string])[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    found.push([fields[at + 1] ?? '', fields[at]?.trim().split(' ')[3] ?? '']);
  }
  yield* readAll(git, found);
}

/** Reads those of some files that exist at a head. */
export async function* readFilesAt(git: Git, head: string, paths: readonly string[]): AsyncGenerator<FileVersion> {
  const list = await git.run(['ls-tree', '-r', '-z', head, '--', ...paths]);
  const found = list.split('\0').flatMap((entry): readonly (readonly [string, string])[] => {
    const [, digest, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    return digest === undefined || path === undefined ? [] : [[path, digest]];
  });
  yield* readAll(git, found);
}

async function* readAll(
  git: Git,
  found: readonly (readonly [path: string, digest: string])[],
): AsyncGenerator<FileVersion> {
  const blobs = createBlobReader(git);
  const different = new Map(found.map(([path, digest]) => [`${digest} ${path}`, { path, digest }]));
  try {
    for (const { path, digest } of different.values()) {
      if (/^0*$/.test(digest)) continue;
      const content = await blobs.read(digest, MAX_BYTES);
      if (content !== 'too-large') yield { path, text: content.toString('utf8') };
    }
  } finally {
    blobs.close();
  }
}
