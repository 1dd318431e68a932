import { SwarmError } from '../core/errors.ts';
import { gitEmail } from '../core/git-environment.ts';
import { SWARM } from '../core/ids.ts';
import type { Git } from './git.ts';

/** The trailer of the host's commits. Their committer is the swarm, the author the agent. */
export const WRITE_TRAILER = 'Vault-Write';
/** The trailer of each further author, as `Co-authored-by: <name> <address>`; what looks for commits by somebody counts it. */
export const CO_AUTHOR_TRAILER = 'Co-authored-by';

/** A ref on the commits that are being pushed, so that git gc keeps them. */
const CANDIDATE = 'refs/karmakadabra/candidate';

/** One commit to make. Paths are checked before; `bytes: null` deletes the file. */
export interface NewCommit {
  readonly author: string;
  /** Further authors of the same host; none if absent. */
  readonly coAuthors?: readonly string[];
  readonly subject: string;
  readonly writeId: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly changes: readonly { readonly path: string; readonly bytes: Buffer | null }[];
}

/**
 * Makes a chain of commits on `base` with one `git fast-import` and returns their ids in order.
 * Touches no branch. @throws SwarmError `vault/import-failed`, and what running git throws.
 */
export async function importCommits(git: Git, base: string, commits: readonly NewCommit[]): Promise<readonly string[]> {
  const input = formatStream(base, commits);
  const output = await git.run(['fast-import', '--quiet', '--force', '--done'], { input });
  const ids = output.split('\n').filter((line) => line !== '');
  if (ids.length === commits.length) return ids;
  throw new SwarmError({
    code: 'vault/import-failed',
    disposition: 'retry',
    message: `git fast-import made ${ids.length} of ${commits.length} commits`,
    next: 'It is tried again; if the error stays, check the disk, and the clone with git fsck.',
  });
}

/** The input of `git fast-import` for commits; its output is one commit id a line. */
export function formatStream(base: string, commits: readonly NewCommit[]): Buffer {
  const parts: Buffer[] = [];
  const put = (text: string) => parts.push(Buffer.from(text));
  const putData = (bytes: Buffer) => {
    put(`data ${bytes.length}\n`);
    parts.push(bytes);
    put('\n');
  };
  commits.forEach((commit, index) => {
    put(`commit ${CANDIDATE}\nmark :${index + 1}\n`);
    put(`author ${commit.author} <${gitEmail(commit.author)}> ${commit.at} +0000\n`);
    put(`committer ${SWARM} <${gitEmail(SWARM)}> ${commit.at} +0000\n`);
    const trailers = [
      `${WRITE_TRAILER}: ${commit.writeId}`,
      ...(commit.coAuthors ?? []).map((name) => `${CO_AUTHOR_TRAILER}: ${name} <${gitEmail(name)}>`),
    ];
    putData(Buffer.from(`${commit.subject}\n\n${trailers.join('\n')}\n`));
    put(`from ${index === 0 ? base : `:${index}`}\n`);
    for (const { path, bytes } of commit.changes) {
      if (bytes === null) {
        put(`D ${path}\n`);
        continue;
      }
      put(`M 100644 inline ${path}\n`);
      putData(bytes);
    }
    put(`\nget-mark :${index + 1}\n`);
  });
  put('done\n');
  return Buffer.concat(parts);
}
