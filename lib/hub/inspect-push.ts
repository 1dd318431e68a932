import type { Account } from '../core/hub-accounts.ts';
import { changeRejection, commitRejection, PUSH_BOUNDS, type PushedChange, type PushedCommit } from './commit-rules.ts';
import { runGit } from './git-run.ts';

/** A change of one ref, as git passes it to a pre-receive hook. */
export interface RefUpdate {
  readonly from: string;
  readonly to: string;
  readonly ref: string;
}

/** Whether a push is accepted; if not, the reasons, one a line, for the pusher. */
export type Verdict =
  | { readonly result: 'accepted' }
  | { readonly result: 'rejected'; readonly lines: readonly string[] };

const BRANCH = 'refs/heads/main';
const NOTHING = /^0+$/;
/** How many errors a pusher is shown. */
const MAX_SHOWN_ERRORS = 10;

/**
 * Applies the hub's rules to a push of an account. `quarantine` is the environment in which git finds the pushed objects, which
 * are in its quarantine folder.
 * @throws Error when git fails: the push is then neither accepted nor rejected.
 */
export async function inspectPush(
  repository: string,
  account: Account,
  updates: readonly RefUpdate[],
  quarantine: Readonly<Record<string, string>>,
  nowSeconds: number,
): Promise<Verdict> {
  const [update] = updates;
  if (update === undefined || updates.length !== 1 || update.ref !== BRANCH) return reject(['only main may be pushed']);
  const { from, to } = update;
  if (NOTHING.test(to)) return reject(['main may not be deleted']);
  if (NOTHING.test(from)) return reject(['main may not be created again']);

  const run = (args: readonly string[], input = '') => runGit(args, { repository, env: quarantine, input });
  const most = PUSH_BOUNDS.commits + 1;
  const listed = await run(['rev-list', '--header', `--max-count=${most}`, to, `^${from}`]);
  const commits = parseCommits(listed);
  if (commits.length === 0) return reject(['main may not be set back']);
  if (commits.length > PUSH_BOUNDS.commits) return reject([`more than ${PUSH_BOUNDS.commits} commits at once`]);
  const errors: string[] = [];
  for (const commit of commits) {
    const rejection = commitRejection(account, commit, nowSeconds);
    if (rejection !== undefined) errors.push(`commit ${commit.id.slice(0, 12)}: ${rejection}`);
  }
  if (errors.length > 0) return reject(errors);

  // The commits must form a chain that starts at the old head: no reset and no merge.
  if (commits.at(-1)?.parents[0] !== from)
    return reject(['main has moved on, or would be set back; fetch, rebase and push again']);

  const ids = commits.map(({ id }) => `${id}\n`).join('');
  const changes = parseChanges(await run(['diff-tree', '--stdin', '-r', '-z', '--no-renames', '--root'], ids));
  if (changes.length > PUSH_BOUNDS.changes) return reject([`more than ${PUSH_BOUNDS.changes} changes at once`]);
  for (const change of changes) {
    const rejection = changeRejection(account, change);
    if (rejection !== undefined) errors.push(rejection);
  }
  if (errors.length > 0) return reject([...new Set(errors)]);

  const blobs = new Map(
    changes.filter(({ digest }) => !NOTHING.test(digest)).map(({ digest, path }) => [digest, path]),
  );
  const sizes = await run(
    ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'],
    [...blobs.keys(), ''].join('\n'),
  );
  for (const line of sizes.toString().split('\n')) {
    const [digest = '', type, size] = line.split(' ');
    const path = JSON.stringify((blobs.get(digest) ?? '').slice(0, 200));
    if (digest !== '' && type !== 'blob') errors.push(`${path} is not a file`);
    if (Number(size) > PUSH_BOUNDS.blobBytes) errors.push(`${path} is over ${PUSH_BOUNDS.blobBytes / 2 ** 20} MiB`);
  }
  return errors.length > 0 ? reject(errors) : { result: 'accepted' };
}

/** Parses the output of `git rev-list --header`: an id and the commit object, ended by NUL. Newest first. */
export function parseCommits(output: Buffer): readonly PushedCommit[] {
  const commits: PushedCommit[] = [];
  for (const record of output.toString('utf8').split('\0')) {
    const [id, ...lines] = record.split('\n');
    if (id === undefined || !/^[0-9a-f]{40,64}$/.test(id)) continue;
    const headers = lines.slice(0, lines.indexOf(''));
    const author = /^author (.*?) ?<([^<>]*)> -?\d+ [+-]\d{4}$/.exec(only(headers, 'author ') ?? '');
    const committer = /> (-?\d{1,15}) [+-]\d{4}$/.exec(only(headers, 'committer ') ?? '');
    commits.push({
      id,
      parents: headers.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7)),
      author: { name: author?.[1] ?? '', email: author?.[2] ?? '' },
      committedAt: Number(committer?.[1] ?? Number.NaN),
      sizeBytes: Buffer.byteLength(record),
    });
  }
  return commits;
}

/** Parses the output of `git diff-tree --stdin -r -z`: each commit's id, followed by its changes with their paths. */
export function parseChanges(output: Buffer): readonly PushedChange[] {
  const fields = output.toString('utf8').split('\0');
  const changes: PushedChange[] = [];
  for (let at = 0; at < fields.length; at++) {
    const match = /^:\d{6} (\d{6}) [0-9a-f]{40,64} ([0-9a-f]{40,64}) [A-Z]$/.exec(fields[at] ?? '');
    if (match === null) continue;
    changes.push({ path: fields[++at] ?? '', mode: match[1] ?? '', digest: match[2] ?? '' });
  }
  return changes;
}

/** The only header with this start; undefined when there are none or several. */
function only(headers: readonly string[], start: string): string | undefined {
  const found = headers.filter((line) => line.startsWith(start));
  return found.length === 1 ? found[0] : undefined;
}

function reject(errors: readonly string[]): Verdict {
  const more = errors.length - MAX_SHOWN_ERRORS;
  return {
    result: 'rejected',
    lines: [...errors.slice(0, MAX_SHOWN_ERRORS), ...(more > 0 ? [`and ${more} more`] : [])],
  };
}
