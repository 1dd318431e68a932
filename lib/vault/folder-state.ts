import { PEOPLE, SWARM } from '../core/ids.ts';
import { isSavedCopy, pathOwner } from './paths.ts';
import { isCopyName } from './sync-copies.ts';

/** What one look at the opened folder's git sees. */
export interface FolderLook {
  /** The branch that is checked out; undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** The commit of HEAD, and of the branch main; empty where there is none. */
  readonly checkedOut: string;
  readonly main: string;
  /** The newest stash; empty when there is none. */
  readonly stash: string;
  /** What tells whether HEAD and the index were written since another look. */
  readonly headMark: string;
  readonly indexMark: string;
  /** What git is in the middle of, as in `a merge`. */
  readonly operation: string | undefined;
  readonly hasConflicts: boolean;
  readonly isIndexBroken: boolean;
  readonly lock: FolderLock | undefined;
}

/** A lock that keeps git out of the folder. */
export interface FolderLock {
  /** Its name below `.git`, as in `index.lock`. */
  readonly name: string;
  readonly ageMs: number;
  /** The processes that may hold it, in words; `none` when it is known that none does; `unknown` when that can't be told here. */
  readonly holder: 'none' | 'unknown' | { readonly process: string };
}

/** What the host knows of the folder: the vault's commit that its files show (the host's own head), and the last look that was read. */
export interface FolderKnown {
  readonly head: string;
  readonly stash: string;
  readonly headMark: string;
  /** Whether the folder stood still for another reason than a lock when it was last looked at. */
  readonly wasStanding: boolean;
}

/**
 * What the folder is and what is done. `following`: main at the host's own head, so that what differs from it was typed. `moved`:
 * git has changed files since, so that only what the vault never had was typed; then main goes back to the vault's commits.
 * `standing`: a person is in the middle of something, so nothing is read and nothing written. `broken`: the index is made anew.
 */
export type FolderState =
  | { readonly state: 'following' | 'moved' | 'broken' }
  | {
      readonly state: 'standing';
      readonly why: string;
      readonly next: string;
      /** A lock that is removed, because no process holds it. */
      readonly staleLock?: string;
      readonly isLock: boolean;
    };

/** A lock is left alone for this long: a git that runs needs it for milliseconds. */
export const LOCK_PATIENCE_MS = 8_000;

/** Says what the opened folder is at a look. */
export function assessFolder(look: FolderLook, known: FolderKnown): FolderState {
  const { lock, operation, branch } = look;
  if (lock !== undefined) {
    const isStale = lock.holder === 'none' && lock.ageMs > LOCK_PATIENCE_MS;
    return { ...standing(lockWords(lock), lockNext(lock)), isLock: true, ...(isStale ? { staleLock: lock.name } : {}) };
  }
  if (operation !== undefined)
    return standing(`${operation} is in progress`, `when you finish it, or end it with \`git ${endOf(operation)}\``);
  if (look.isIndexBroken) return { state: 'broken' };
  if (look.hasConflicts) {
    return standing(
      'files have conflicts that git could not merge',
      'when you correct them (`git status` names them) and `git add` them',
    );
  }
  if (branch === undefined) {
    return standing(`no branch is checked out (HEAD is at ${look.checkedOut.slice(0, 8)})`, CHECKOUT);
  }
  if (branch !== 'main') return standing(`branch \`${branch}\` is checked out`, CHECKOUT);
  if (look.main === '')
    return standing('the branch main has no commit', `when you \`git update-ref refs/heads/main ${known.head}\``);
  const isMoved =
    look.main !== known.head || look.stash !== known.stash || look.headMark !== known.headMark || known.wasStanding;
  return { state: isMoved ? 'moved' : 'following' };
}

/** Whether nobody has used git between two looks, so that what was read between them belongs together. */
export function isSameLook(before: FolderLook, after: FolderLook): boolean {
  const isSame = (key: 'branch' | 'main' | 'stash' | 'headMark' | 'indexMark' | 'operation') =>
    before[key] === after[key];
  return (
    after.lock === undefined &&
    (['branch', 'main', 'stash', 'headMark', 'indexMark', 'operation'] as const).every(isSame)
  );
}

/** Whose place a path is: `agents` write it, `people` do, or it is `kept`: a record that no edit changes. */
export type Place = 'agents' | 'people' | 'kept';

/** Says whose place a path is. The copy of a person's edit is people's wherever it stands. */
export function placeOf(path: string): Place {
  if (isSavedCopy(path)) return 'people';
  if (/^agents\/[^/]+\/trades\/|^shared\/treasury\//.test(path)) return 'kept';
  const owner = pathOwner(path);
  if (owner === SWARM) return 'kept';
  return owner === PEOPLE ? 'people' : 'agents';
}

/** One file that differs from the host's own head. Digests are blob ids, empty for an absent file. */
export interface FileFacts {
  readonly path: string;
  readonly digest: string;
  readonly isEmpty: boolean;
  /** The version at the host's own head, and the one that was last taken as an edit. */
  readonly shown: string;
  readonly taken: string | undefined;
  readonly state: 'following' | 'moved';
  /** Whether a commit of a person on main changed it; `deleted` where such a commit, made at the host's own head, removed it. */
  readonly commit: 'none' | 'changed' | 'deleted';
  /** The names in its folder at the host's own head. */
  readonly siblings: () => Iterable<string>;
}

/**
 * What a file is. `same`: as it was last seen. `edit`: typed. `vault`: the vault's own, of some time; it follows the vault again.
 * `copied`: typed where edits don't land; it is kept in a copy and put back. `aside`: what a program left beside a note; it stays.
 */
export type Verdict = 'same' | 'edit' | 'vault' | 'copied' | 'aside';

/** Which of the vault's commits decide whether a file was typed: all, only those after the host's own head, or none. */
export function historyOf(file: FileFacts): 'ever' | 'newer' | 'none' {
  const { digest, state, commit } = file;
  if (digest === '' || digest === (file.taken ?? file.shown) || digest === file.shown) return 'none';
  if (placeOf(file.path) !== 'people') return 'ever';
  return state === 'following' || commit !== 'none' ? 'newer' : 'ever';
}

/** Judges a file; `isOfVault` says whether the commits that {@link historyOf} names had this content at this path. */
export function judgeFile(file: FileFacts, isOfVault: boolean): Verdict {
  const { path, digest, shown, taken, state, commit } = file;
  const place = placeOf(path);
  if (digest === shown)
    return taken === undefined ? 'same' : place === 'people' && state === 'following' ? 'edit' : 'vault';
  if (digest === taken) return 'same';
  if (isOfVault) return 'vault';
  if (digest === '') {
    const isTyped = state === 'following' || commit === 'deleted' || (place === 'people' && commit === 'changed');
    return isTyped && place !== 'kept' ? 'edit' : 'vault';
  }
  if (place === 'people') return 'edit';
  if (file.isEmpty || (shown === '' && isCopyName(path, file.siblings()))) return 'aside';
  return place === 'kept' ? 'copied' : 'edit';
}

const CHECKOUT = 'when you `git checkout main`';

function standing(why: string, next: string) {
  return { state: 'standing', why, next, isLock: false } as const;
}

function lockWords({ name, holder }: FolderLock): string {
  if (typeof holder === 'object') return `.git/${name} is held by ${holder.process}`;
  return holder === 'none' ? `.git/${name} was left by a git that has ended` : `.git/${name} locks the folder`;
}

function lockNext({ holder }: FolderLock): string {
  if (typeof holder === 'object') return 'when that process is done';
  return holder === 'none'
    ? 'by itself: the lock is removed'
    : `when it is gone; if no git runs in the folder, remove it`;
}

function endOf(operation: string): string {
  return `${operation.split(' ').at(-1) ?? ''} --abort`;
}
