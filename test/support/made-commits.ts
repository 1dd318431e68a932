import { execa } from 'execa';
import { gitEmail } from '../../lib/core/git-environment.ts';
import { git } from './git.ts';

/** What one commit does: texts by path, or null for what it deletes. */
export type Change = Readonly<Record<string, string | null>>;

/** The branch on which commits are made. */
export const MADE = 'made';

/** Makes commits one after the other on a head, without a work tree, on a branch of the clone; gives the last one's id. */
export async function makeCommits(
  clone: string,
  head: string,
  author: string,
  changes: readonly Change[],
): Promise<string> {
  const marks = new Map<string, number>();
  const commits: string[] = [];
  for (const [index, change] of changes.entries()) {
    commits.push(`commit refs/heads/${MADE}\n`, `committer ${author} <${gitEmail(author)}> 1700000000 +0000\n`);
    commits.push('data 6\nChange\n', index === 0 ? `from ${head}\n` : '');
    for (const [path, text] of Object.entries(change)) {
      if (text !== null && !marks.has(text)) marks.set(text, marks.size + 1);
      commits.push(
        text === null ? `D ${JSON.stringify(path)}\n` : `M 100644 :${marks.get(text)} ${JSON.stringify(path)}\n`,
      );
    }
  }
  const blobs = [...marks].map(([text, mark]) => `blob\nmark :${mark}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  await execa('git', ['fast-import', '--quiet', '--force'], { cwd: clone, input: [...blobs, ...commits].join('') });
  return git(clone, 'rev-parse', MADE);
}

/** A change that puts one text under many paths. */
export function many(count: number, path: (index: number) => string, text: string): Change {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [path(index), text]));
}
