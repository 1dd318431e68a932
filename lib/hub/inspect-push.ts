import type { Account } from '../core/hub-accounts.ts';
import { changeFault, commitFault, PUSH_BOUNDS, type PushedChange, type PushedCommit } from './commit-rules.ts';
import { runGit } from './git-run.ts';

/** A change of one ref as a pre-receive hook is told. */
export interface RefUpdate {
  readonly from: string;
  readonly to: string;
  readonly ref: string;
}

/** Whether a push may land; if not, why, in lines for the pusher. */
export type Verdict =
  | { readonly result: 'accepted' }
  | { readonly result: 'refused'; readonly lines: readonly string[] };

const BRANCH = 'refs/heads/main';
const NOTHING = /^0+$/;
/** How many faults are named at most. */
const NAMED_FAULTS = 10;

/**
 * Judges a push of an account, whose objects lie in git's quarantine folder: `quarantine` is the environment in which git
 * sees them. Throws when git fails: then nothing is known of the push.
 */
export async function inspectPush(
  repository: string,
  account: Account,
  updates: readonly RefUpdate[],
  quarantine: Readonly<Record<string, string>>,
  nowSeconds: number,
): Promise<Verdict> {
  const [update] = updates;
  if (update === undefined || updates.length !== 1 || update.ref !== BRANCH) return refuse(['only main may be pushed']);
  const { from, to } = update;
  if (NOTHING.test(to)) return refuse(['main may not be deleted']);
  if (NOTHING.test(from)) return refuse(['main may not be made anew']);

  const run = (args: readonly string[], input = '') => runGit(args, { repository, env: quarantine, input });
  const most = PUSH_BOUNDS.commits + 1;
  const listed = await run(['rev-list', '--header', `--max-count=${most}`, to, `^${from}`]);
  const commits = parseCommits(listed);
  if (commits.length === 0) return refuse(['main may not be set back']);
  if (commits.length > PUSH_BOUNDS.commits) return refuse([`more than ${PUSH_BOUNDS.commits} commits at once`]);
  const faults: string[] = [];
  for (const commit of commits) {
    const fault = commitFault(account, commit, nowSeconds);
    if (fault !== undefined) faults.push(`commit ${commit.id.slice(0, 12)}: ${fault}`);
  }
  if (faults.length > 0) return refuse(faults);

  // A line of commits that ends at the old head: then nothing is set back and nothing comes in beside it.
  if (commits.at(-1)?.parents[0] !== from)
    return refuse(['main has moved on, or would be set back; fetch, rebase and push again']);

  const ids = commits.map(({ id }) => `${id}\n`).join('');
  const changes = parseChanges(await run(['diff-tree', '--stdin', '-r', '-z', '--no-renames', '--root'], ids));
  if (changes.length > PUSH_BOUNDS.changes) return refuse([`more than ${PUSH_BOUNDS.changes} changes at once`]);
  for (const change of changes) {
    const fault = changeFault(account, change);
    if (fault !== undefined) faults.push(fault);
  }
  if (faults.length > 0) return refuse([...new Set(faults)]);

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
    if (digest !== '' && type !== 'blob') faults.push(`${path} is not a file`);
    if (Number(size) > PUSH_BOUNDS.blobBytes) faults.push(`${path} is over ${PUSH_BOUNDS.blobBytes / 2 ** 20} MiB`);
  }
  return faults.length > 0 ? refuse(faults) : { result: 'accepted' };
}

/** Parses what `git rev-list --header` prints: an id and the commit as it is, ended by NUL. Newest first. */
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

/** Parses what `git diff-tree --stdin -r -z` prints: ids of commits, and after each its changes with their paths. */
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

/** The one header that starts so; undefined where there are none or several. */
function only(headers: readonly string[], start: string): string | undefined {
  const found = headers.filter((line) => line.startsWith(start));
  return found.length === 1 ? found[0] : undefined;
}

function refuse(faults: readonly string[]): Verdict {
  const more = faults.length - NAMED_FAULTS;
  return { result: 'refused', lines: [...faults.slice(0, NAMED_FAULTS), ...(more > 0 ? [`and ${more} more`] : [])] };
}
