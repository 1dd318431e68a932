import { SwarmError } from '../../core/errors.ts';
import type { Git } from '../git.ts';
import { readTree } from '../git-tree.ts';
import { fileAt } from '../tree.ts';
import { commitFiles, moveRef, refAt } from './archive-commits.ts';
import { MAIN } from './move-to-archive.ts';

/** What is put back onto `main`. */
export interface PutBack {
  readonly message: string;
  /** The archived files; those that `main` has by now, newer or not, stay as they are. */
  readonly files: readonly { readonly path: string; readonly digest: string }[];
  /** The index pages that stand for them. */
  readonly dropped: readonly string[];
  readonly page: { readonly path: string; readonly text: string };
  /** Seconds since 1970. */
  readonly at: number;
}

const MOST_TRIES = 50;

/**
 * Puts archived files back onto `main` in one commit that takes their index pages away; the ref of the archive stays. Returns how
 * many were put back.
 * @throws SwarmError `vault/archive-raced` when `main` moves faster than it.
 */
export async function putBack(git: Git, { message, files, dropped, page, at }: PutBack): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const head = await refAt(git, MAIN);
    if (head === undefined) break;
    const { tree } = await readTree(git, head);
    const missing = files.filter(({ path }) => fileAt(tree, path) === undefined);
    const changes = [
      ...dropped.map((path) => [path, undefined] as const),
      ...missing.map(({ path, digest }) => [path, { digest }] as const),
      [page.path, { text: page.text }] as const,
    ];
    const next = await commitFiles(git, { message, parent: head, files: changes }, at);
    if (await moveRef(git, MAIN, head, next)) return missing.length;
  }
  throw new SwarmError({
    code: 'vault/archive-raced',
    disposition: 'retry',
    message: `The vault's branch main moved ${MOST_TRIES} times while files were put back`,
    next: 'Nothing has changed. Try again when less is written, or while the swarm is stopped.',
  });
}
