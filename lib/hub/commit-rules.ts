import { gitEmail } from '../core/git-environment.ts';
import { type Account, authorsOf } from '../core/hub-accounts.ts';
import { deletionRejection, pathRejection } from './path-rules.ts';

/** The parts of a pushed commit that the rules check. */
export interface PushedCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  /** The values of its `Co-authored-by` lines. */
  readonly coAuthors: readonly string[];
  /** Seconds since 1970, as the commit says. */
  readonly committedAt: number;
  /** The size of the commit object, without files, in bytes. */
  readonly sizeBytes: number;
}

/** One path that a commit changes; `mode` is six octal digits, zeros for a deletion; `from` is the id before, zeros for a new file. */
export interface PushedChange {
  readonly path: string;
  readonly mode: string;
  readonly from: string;
  readonly digest: string;
}

/** The limits of a push, in number, bytes and time. */
export const PUSH_BOUNDS = {
  commits: 1000,
  /** Ten files a commit; a writer that has more waiting divides its pushes. */
  changes: 10_000,
  blobBytes: 8 * 1024 * 1024,
  /** Bytes of pages in all commits, each version counted; a writer pushes about 16 MiB at once. */
  pageBytes: 64 * 1024 * 1024,
  commitBytes: 16 * 1024,
  /** How far a commit's date may be in the future, in seconds, since clocks differ. */
  aheadSeconds: 3600,
} as const;

const GONE = '000000';
const PLAIN_FILE = '100644';
const NO_DOMAIN = gitEmail('').slice(1);

/** Why a commit is rejected for an account, as the pusher reads it; undefined when it is accepted. */
export function commitRejection(account: Account, commit: PushedCommit, nowSeconds: number): string | undefined {
  const authors = authorsOf(account);
  const { name, email } = commit.author;
  if (commit.parents.length !== 1) return 'it is a merge or has no parent; rebase onto main and push again';
  if (!authors.includes(name)) {
    return `its author is ${JSON.stringify(name.slice(0, 60))}; ${account.account} pushes commits by ${authors.join(' or ')}`;
  }
  const isOwn = email === gitEmail(name);
  if (!isOwn && (account.kind !== 'person' || email.toLowerCase().endsWith(NO_DOMAIN))) {
    return `its author's e-mail address is not ${gitEmail(name)}`;
  }
  // Whoever counts commits by an agent counts these: so they may name nobody of the swarm for whom the account can't write.
  const stranger = commit.coAuthors
    .filter((line) => account.kind !== 'person' || line.toLowerCase().includes(NO_DOMAIN))
    .find((line) => !authors.some((one) => line === `${one} <${gitEmail(one)}>`));
  if (stranger !== undefined) {
    return `it names the co-author ${JSON.stringify(stranger.slice(0, 100))}; ${account.account} pushes commits by ${authors.join(' or ')}`;
  }
  if (commit.sizeBytes > PUSH_BOUNDS.commitBytes) return `its message is over ${PUSH_BOUNDS.commitBytes} bytes`;
  if (!(commit.committedAt <= nowSeconds + PUSH_BOUNDS.aheadSeconds)) return 'its date is in the future';
  return undefined;
}

/**
 * Why a change is rejected for an account, as the pusher reads it; undefined when it is accepted. `isOverBounds` says whether
 * the owner of the path has more in the vault than it may: people may delete that.
 */
export function changeRejection(
  account: Account,
  { path, mode }: Pick<PushedChange, 'path' | 'mode'>,
  isOverBounds: boolean,
): string | undefined {
  if (mode === GONE) return deletionRejection(authorsOf(account), path, isOverBounds);
  if (mode === PLAIN_FILE) return pathRejection(authorsOf(account), path);
  const kind =
    mode === '120000' ? 'a symbolic link' : mode === '160000' ? 'a submodule' : mode === '100755' ? 'executable' : mode;
  return `${JSON.stringify(path.slice(0, 200))} is ${kind}; only plain files are allowed in the vault`;
}
