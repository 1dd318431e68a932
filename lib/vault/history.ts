import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PEOPLE } from '../core/ids.ts';
import { CO_AUTHOR_TRAILER, WRITE_TRAILER } from './fast-import.ts';
import type { Git } from './git.ts';
import { writerOf } from './paths.ts';

/** The author of the seed's pages: their owner may replace them without keeping a copy. */
export const SEED = 'the seed';

/** What the writer reads of a commit. */
export interface PastCommit {
  readonly id: string;
  /** The author's name, or {@link SEED}. */
  readonly author: string;
  /** Further authors, as its trailers name them. */
  readonly coAuthors: readonly string[];
  /** The id of the write that it contains, if a host's writer made it. */
  readonly writeId: string | undefined;
  /** The paths it changed; for a merge, those that differ from every parent. */
  readonly paths: readonly string[];
}

const FORMAT = `--format=%x01%H%x00%an%x00%(trailers:key=${WRITE_TRAILER},valueonly,separator=%x2C)%x00%(trailers:key=Vault-Seed,valueonly,separator=%x2C)%x00%(trailers:key=${CO_AUTHOR_TRAILER},valueonly,separator=%x2C)%x00`;

/** Reads commits, newest first. `range` is what `git log` takes, as in `a..b`. */
export async function readHistory(git: Git, range: readonly string[]): Promise<readonly PastCommit[]> {
  const commits = parseHistory(await git.run(['log', '--no-renames', '-c', '--name-only', FORMAT, ...range]));
  const oldest = await readShallow(git);
  return oldest.size === 0 ? commits : commits.filter(({ id }) => !oldest.has(id));
}

/** The oldest commits of a shallow clone: git shows each as if it had created all files. */
async function readShallow(git: Git): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(git.folder, '.git', 'shallow'), 'utf8').catch(() => '');
  return new Set(text.split('\n').filter((line) => line !== ''));
}

/** The author of the last commit that touched a path, or {@link SEED}; undefined when none did. */
export async function lastAuthorOf(git: Git, head: string, path: string): Promise<string | undefined> {
  const [commit] = await readHistory(git, ['-1', head, '--', `:(literal)${path}`]);
  return commit === undefined ? undefined : writerOf(commit, path);
}

/** A version of a file by its blob id. */
export interface PathVersion {
  readonly path: string;
  readonly digest: string;
}

/** How many paths are given to one command: the system bounds the length of arguments. */
const PATHS_A_COMMAND = 200;

/**
 * Which of some versions were at their path in one of the commits of a range, as {@link versionKey}s. Git searches its history only for
 * those whose content it has at all: what somebody just typed is nowhere.
 */
export async function findPastVersions(
  git: Git,
  range: string,
  versions: readonly PathVersion[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (versions.length === 0) return found;
  const input = Buffer.from(versions.map(({ digest }) => `${digest}\n`).join(''));
  const lines = (await git.run(['cat-file', '--batch-check=%(objectname)'], { input })).split('\n');
  const stored = versions.filter((_, index) => lines[index]?.endsWith(' missing') === false);
  for (let at = 0; at < stored.length; at += PATHS_A_COMMAND) {
    const some = stored.slice(at, at + PATHS_A_COMMAND);
    const wanted = new Set(some.map(versionKey));
    const log = ['log', '--format=', '--raw', '--no-abbrev', '--no-renames', '--full-history', '-m', '-z', range, '--'];
    const raw = await git.run([...log, ...some.map(({ path: name }) => `:(literal)${name}`)]);
    // Each entry is `:<modes> <digest before> <digest after> <status>\0<path>\0`.
    const fields = raw.split('\0');
    for (let field = 0; field + 1 < fields.length; field += 2) {
      const [, , before = '', after = ''] = (fields[field] ?? '').trim().split(' ');
      for (const digest of [before, after]) {
        const key = versionKey({ path: fields[field + 1] ?? '', digest });
        if (wanted.has(key)) found.add(key);
      }
    }
  }
  return found;
}

/** Names a version in a set of them. */
export function versionKey({ path: name, digest }: PathVersion): string {
  return `${digest} ${name}`;
}

/** Parses the output of {@link readHistory}'s command. Paths that git has to quote are no vault paths and are left out. */
export function parseHistory(output: string): readonly PastCommit[] {
  const commits: PastCommit[] = [];
  for (const record of output.split('\x01')) {
    const [id, author, writeId, seed, others, paths] = record.split('\0');
    if (id === undefined || !/^[0-9a-f]{40,64}$/.test(id) || author === undefined) continue;
    commits.push({
      id,
      author: seed !== '' && author === PEOPLE ? SEED : author,
      coAuthors: (others ?? '').split(',').flatMap((line) => /^(\S+) <[^<>]*>$/.exec(line.trim())?.[1] ?? []),
      writeId: writeId === '' ? undefined : writeId,
      paths: (paths ?? '').split('\n').filter((path) => path !== '' && !path.startsWith('"')),
    });
  }
  return commits;
}
