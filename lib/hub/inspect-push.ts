import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Account } from '../core/hub-accounts.ts';
import { NOTE_LIMITS } from '../vault/codec.ts';
import { isPage } from '../vault/paths.ts';
import { changeRejection, commitRejection, PUSH_BOUNDS, type PushedChange, type PushedCommit } from './commit-rules.ts';
import { contentErrors } from './content-rules.ts';
import { type GitPlace, type ObjectSize, readSizes } from './git-objects.ts';
import { runGit } from './git-run.ts';
import type { OrderRules } from './order-rules.ts';
import { assessTotals, type FileChange, isOverBounds, type SizedFile } from './owner-rules.ts';
import type { OwnerTotals } from './owner-totals.ts';
import { settingErrors } from './setting-rules.ts';
import { spellingErrors } from './spelling-rules.ts';

/** A change of one ref, as git passes it to a pre-receive hook. */
export interface RefUpdate {
  readonly from: string;
  readonly to: string;
  readonly ref: string;
}

/**
 * Whether a push is accepted; if so, the bytes of files in all of its commits, each version counted; if not, the reasons,
 * one a line, for the pusher.
 */
export type Verdict =
  | { readonly result: 'accepted'; readonly changedBytes: number }
  | { readonly result: 'rejected'; readonly lines: readonly string[] };

/** The repository that is pushed to. */
export interface PushTarget {
  readonly repository: string;
  /** What its heads hold; an accepted push is counted there. */
  readonly totals: OwnerTotals;
  readonly orders: OrderRules;
}

const BRANCH = 'refs/heads/main';
const NOTHING = /^0+$/;
/** How many errors a pusher is shown. */
const MAX_SHOWN_ERRORS = 10;
/** A change takes up to about 500 bytes of git's output; a push with more is over its bound of changes or has paths that are too long. */
const MAX_CHANGE_BYTES = 2 * PUSH_BOUNDS.changes * 500;

/** Paths that are checked before the loop has a turn: one of rare letters takes some 20 µs. */
const CHECKED_AT_ONCE = 500;

/**
 * Applies the hub's rules to a push of an account. `quarantine` is the environment in which git finds the pushed objects, which
 * are in its quarantine folder.
 * @throws Error when git fails: the push is then neither accepted nor rejected.
 */
export async function inspectPush(
  { repository, totals, orders }: PushTarget,
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

  const place: GitPlace = { repository, env: quarantine };
  const most = PUSH_BOUNDS.commits + 1;
  const listed = await runGit(['rev-list', '--header', `--max-count=${most}`, to, `^${from}`], place);
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

  const changes = await readChanges(place, ['--stdin', '--root'], commits.map(({ id }) => `${id}\n`).join(''));
  if (changes === undefined || changes.length > PUSH_BOUNDS.changes)
    return reject([`more than ${PUSH_BOUNDS.changes} changes at once; push fewer commits at a time`]);
  const before = await totals.at(from);
  for (const [index, change] of changes.entries()) {
    const rejection = changeRejection(account, change, isOverBounds(before, change.path));
    if (rejection !== undefined) errors.push(rejection);
    if (index % CHECKED_AT_ONCE === 0) await nextTurn();
  }
  if (errors.length > 0) return reject([...new Set(errors)]);

  // What the commits do together: a file that one adds and a later one deletes is not kept.
  const net = commits.length === 1 ? changes : await readChanges(place, [from, to], '');
  if (net === undefined) return reject(['the push changes too many files at once']);
  const ids = [...changes.map(({ digest }) => digest), ...net.map((change) => change.from)];
  const sizes = await readSizes(
    place,
    ids.filter((id) => !NOTHING.test(id)),
  );
  errors.push(...sizeErrors(changes, sizes));
  const pageBytes = bytesOf(
    changes.filter(({ path }) => isPage(path)),
    sizes,
  );
  if (pageBytes > PUSH_BOUNDS.pageBytes)
    errors.push(`${pageBytes} bytes of pages at once, over ${PUSH_BOUNDS.pageBytes}; push fewer commits at a time`);
  if (errors.length > 0) return reject([...new Set(errors)]);

  const files = net.map(({ path, from: was, digest }): FileChange => {
    const sized = (id: string): SizedFile | undefined =>
      NOTHING.test(id) ? undefined : { digest: id, sizeBytes: sizes.get(id)?.sizeBytes ?? 0 };
    return { path, from: sized(was), to: sized(digest) };
  });
  const assessed = await assessTotals(place, totals, from, files);
  const added = files.filter((file) => file.from === undefined).map(({ path }) => path);
  // What is read from here on is as much as the bounds allow: one blob can stand at as many paths as a push may change.
  if (assessed.errors.length > 0) return reject(assessed.errors);
  errors.push(
    ...(await orders(place, changes, nowSeconds)),
    ...(await spellingErrors(place, from, to, added)),
    ...(await settingErrors(place, files)),
    ...(await contentErrors(place, files)),
  );
  if (errors.length > 0) return reject(errors);
  totals.keep(to, assessed.totals);
  return { result: 'accepted', changedBytes: bytesOf(changes, sizes) };
}

/** Reads changes from `git diff-tree`; undefined when there are far too many. */
async function readChanges(
  place: GitPlace,
  args: readonly string[],
  input: string,
): Promise<readonly PushedChange[] | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  await runGit(['diff-tree', '-r', '-z', '--no-renames', ...args], {
    ...place,
    input,
    onOutput: (part) => {
      size += part.length;
      if (size <= MAX_CHANGE_BYTES) parts.push(part);
    },
  });
  return size > MAX_CHANGE_BYTES ? undefined : parseChanges(Buffer.concat(parts));
}

function sizeErrors(changes: readonly PushedChange[], sizes: ReadonlyMap<string, ObjectSize>): readonly string[] {
  return changes.flatMap(({ path, digest }) => {
    if (NOTHING.test(digest)) return [];
    const shown = JSON.stringify(path.slice(0, 200));
    const { type, sizeBytes = 0 } = sizes.get(digest) ?? {};
    if (type !== 'blob') return [`${shown} is not a file`];
    if (sizeBytes > PUSH_BOUNDS.blobBytes) return [`${shown} is over ${PUSH_BOUNDS.blobBytes / 2 ** 20} MiB`];
    if (!isPage(path) || sizeBytes <= NOTE_LIMITS.maxBytes) return [];
    return [`${shown} is over ${NOTE_LIMITS.maxBytes / 2 ** 10} KiB; nobody reads a note that large, so divide it`];
  });
}

function bytesOf(changes: readonly PushedChange[], sizes: ReadonlyMap<string, ObjectSize>): number {
  return changes.reduce((sum, { digest }) => sum + (sizes.get(digest)?.sizeBytes ?? 0), 0);
}

/** A line that says who wrote a commit besides its author, however it is spelled: git's trailers ignore case and spaces. */
const CO_AUTHOR = /^\s*co-authored-by\s*:\s*(.*?)\s*$/i;

/** Parses the output of `git rev-list --header`: an id and the commit object, ended by NUL. Newest first. */
export function parseCommits(output: Buffer): readonly PushedCommit[] {
  const commits: PushedCommit[] = [];
  for (const record of output.toString('utf8').split('\0')) {
    const [id, ...lines] = record.split('\n');
    if (id === undefined || !/^[0-9a-f]{40,64}$/.test(id)) continue;
    const end = lines.indexOf('');
    const headers = lines.slice(0, end);
    const author = /^author (.*?) ?<([^<>]*)> -?\d+ [+-]\d{4}$/.exec(only(headers, 'author ') ?? '');
    const committer = /> (-?\d{1,15}) [+-]\d{4}$/.exec(only(headers, 'committer ') ?? '');
    commits.push({
      id,
      parents: headers.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7)),
      author: { name: author?.[1] ?? '', email: author?.[2] ?? '' },
      coAuthors: end === -1 ? [] : coAuthorsIn(lines.slice(end).join('\n')),
      committedAt: Number(committer?.[1] ?? Number.NaN),
      sizeBytes: Buffer.byteLength(record),
    });
  }
  return commits;
}

function coAuthorsIn(message: string): readonly string[] {
  // A value goes on in the next line where that begins with a space.
  const lines = message.replace(/\n[ \t]+(?=\S)/g, ' ').split('\n');
  return lines.flatMap((line) => CO_AUTHOR.exec(line)?.[1] ?? []);
}

/** Parses the output of `git diff-tree -r -z`: changes with their paths; with `--stdin` each commit's id stands before its changes. */
export function parseChanges(output: Buffer): readonly PushedChange[] {
  const fields = output.toString('utf8').split('\0');
  const changes: PushedChange[] = [];
  for (let at = 0; at < fields.length; at++) {
    const match = /^:\d{6} (\d{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [A-Z]$/.exec(fields[at] ?? '');
    if (match === null) continue;
    changes.push({ path: fields[++at] ?? '', mode: match[1] ?? '', from: match[2] ?? '', digest: match[3] ?? '' });
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
