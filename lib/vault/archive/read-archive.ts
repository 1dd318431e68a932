import { ARCHIVE_REFS } from '../../core/archive-period.ts';
import { createBlobReader } from '../blob-reader.ts';
import type { Git } from '../git.ts';
import { readTree } from '../git-tree.ts';
import type { TreeFile } from '../tree.ts';
import { refAt } from './archive-commits.ts';

/** The files that a ref of the archive holds, ordered by path; undefined when there is no such ref. */
export async function filesOfArchive(git: Git, period: string): Promise<readonly TreeFile[] | undefined> {
  const commit = await refAt(git, `${ARCHIVE_REFS}${period}`);
  if (commit === undefined) return undefined;
  const { tree } = await readTree(git, commit);
  return [...tree.folders.values()]
    .flatMap((folder) => [...folder.values()])
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Calls `take` with each file's bytes, one after the other. */
export async function readArchived(
  git: Git,
  files: readonly TreeFile[],
  take: (file: TreeFile, bytes: Buffer) => Promise<void>,
): Promise<void> {
  const blobs = createBlobReader(git);
  try {
    for (const file of files) {
      const bytes = await blobs.read(file.digest);
      if (bytes !== 'too-large') await take(file, bytes);
    }
  } finally {
    blobs.close();
  }
}
