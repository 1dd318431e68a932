import { cleanText } from '../core/text.ts';
import { type Git, HOST_REMOTE } from './git.ts';

/**
 * The result of a push. `raced`: the remote has a newer head. `declined`: a hook refused what is pushed. `locked`: the remote can't lock
 * its branch. `refused`: the remote takes no push now, and says why. `failed`: it is unknown whether it was pushed.
 */
export type PushOutcome =
  | { readonly result: 'pushed' }
  | { readonly result: 'raced' | 'declined' | 'locked' | 'refused' | 'failed'; readonly detail: string };

/** Pushes a commit to `main`, never forced. */
export async function pushCommit(git: Git, commit: string): Promise<PushOutcome> {
  try {
    await git.run(['push', '--porcelain', '--no-verify', HOST_REMOTE, `${commit}:refs/heads/main`]);
    return { result: 'pushed' };
  } catch (error) {
    return classifyPush(error instanceof Error ? error.message : String(error));
  }
}

/** Another push was quicker: the branch is not where it was. The same words tell of a lock that is held, so these are what tells them apart. */
const RACED = /is at \S+ but expected|incorrect old value|already exists|non-fast-forward|fetch first/;
/** The branch can't be locked although nobody moved it: a lock that was left, a full or read-only disk, wrong rights. */
const LOCKED = /cannot lock ref|Unable to create '[^']*\.lock'|failed to (?:update|lock)/;

/** Classifies from git's output why a push failed. */
export function classifyPush(output: string): Exclude<PushOutcome, { result: 'pushed' }> {
  const verdict = output.split('\n').find((line) => line.includes('[rejected]') || line.includes('[remote rejected]'));
  const detail = reasonOf(output);
  if (verdict === undefined) {
    const status = httpStatusOf(output);
    if (status === undefined) return { result: 'failed', detail };
    // Too large for the remote at any time: less at once may fit.
    return { result: status === 413 ? 'declined' : 'refused', detail };
  }
  if (/declined|protected branch/.test(verdict)) return { result: 'declined', detail };
  if (verdict.includes('[rejected]') || RACED.test(output)) return { result: 'raced', detail };
  return { result: LOCKED.test(output) ? 'locked' : 'failed', detail };
}

/** How many lines of what the remote said are told. */
const MAX_SAID_LINES = 4;

/** Says in a line why git failed: what the remote said, then git's own words, without addresses' secrets or control characters. */
export function reasonOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const said = lines
    .flatMap((line) => (line.startsWith('remote: ') ? [line.slice(8).trim()] : []))
    .filter(Boolean)
    .slice(0, MAX_SAID_LINES);
  const own =
    lines.find((line) => /\[(?:remote )?rejected\]/.test(line)) ??
    lines.find((line) => /^(?:fatal|error): /.test(line)) ??
    lines.find((line) => line !== '' && !line.startsWith('remote:')) ??
    '';
  return cleanText(said.length === 0 ? own : `${said.join(' ')} (${own})`, 400);
}

/** The HTTP status of an error that the remote answered with, as git or curl tells it. */
function httpStatusOf(output: string): number | undefined {
  const status = /(?:returned error: |HTTP )([45]\d\d)\b/.exec(output)?.[1];
  return status === undefined ? undefined : Number(status);
}
