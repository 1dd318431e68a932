import type { FileFacts } from './folder-state.ts';
import { type Git, TRACKING } from './git.ts';

/** Where main stands when a person moved it. */
export interface MovedMain {
  /** The commit of the vault that a person's commits are on top of; main itself when it is one of the vault's. */
  readonly base: string;
  /** What a person's commits on main did to paths. */
  readonly commits: ReadonlyMap<string, FileFacts['commit']>;
}

/**
 * Finds out where main stands. `ahead` when it has commits of the remote that this host hasn't fetched yet.
 * @param main the commit of main; `head` the host's own head; `newest` the remote's newest commit that the host knows.
 */
export async function readMovedMain(
  git: Git,
  { main, head, newest }: { readonly main: string; readonly head: string; readonly newest: string },
): Promise<MovedMain | 'ahead'> {
  if (main === head || (await isAncestor(git, main, newest))) return { base: main, commits: new Map() };
  const tracking = (await git.run(['rev-parse', '--verify', TRACKING])).trim();
  if (!(await isAncestor(git, tracking, newest))) return 'ahead';
  const fork = (await git.run(['merge-base', main, newest]).catch(() => '')).trim();
  const own = fork === '' ? [] : await readCommits(git, `${fork}..${main}`);
  // Without a commit in common, a person rewrote all of the history from what the folder showed.
  const base = fork === '' || (await isAmended(git, own.at(-1), head)) ? head : fork;
  // What a merge or a revert removes, nobody removed by hand at the host's own head.
  const mayDelete =
    fork !== '' && base === head && own.every(({ parents, message }) => parents.length === 1 && !isRevert(message));
  const diff = (await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-status', base, main])).split('\0');
  const commits = new Map<string, FileFacts['commit']>();
  for (let at = 0; at + 1 < diff.length; at += 2) {
    commits.set(diff[at + 1] ?? '', diff[at] === 'D' && mayDelete ? 'deleted' : 'changed');
  }
  return { base, commits };
}

interface OwnCommit {
  readonly parents: readonly string[];
  /** Its author with the time, which amending keeps. */
  readonly author: string;
  readonly message: string;
}

async function readCommits(git: Git, range: string): Promise<readonly OwnCommit[]> {
  const output = await git.run(['log', '--topo-order', '--format=%P%x00%ae %at%x00%B%x01', range]);
  return output.split('\x01').flatMap((record) => {
    const [parents, author, message] = record.trim().split('\0');
    return author === undefined ? [] : [{ parents: (parents ?? '').split(' '), author, message: message ?? '' }];
  });
}

/** Whether a commit took the place of the host's own head. */
async function isAmended(git: Git, first: OwnCommit | undefined, head: string): Promise<boolean> {
  const [replaced] = await readCommits(git, `${head}^!`).catch(() => []);
  return (
    first !== undefined &&
    first.author === replaced?.author &&
    first.parents.join() === replaced.parents.join() &&
    first.parents.join() !== ''
  );
}

function isRevert(message: string): boolean {
  return /^This reverts commit [0-9a-f]{7,}/m.test(message);
}

async function isAncestor(git: Git, commit: string, of: string): Promise<boolean> {
  if (commit === of) return true;
  return git.run(['merge-base', '--is-ancestor', commit, of]).then(
    () => true,
    () => false,
  );
}
