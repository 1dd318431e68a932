import type { Git } from './git.ts';

/** The result of a push. `raced`: the remote has a newer head. `declined`: a hook refused it. `failed`: it is unknown whether it was pushed. */
export type PushOutcome =
  | { readonly result: 'pushed' }
  | { readonly result: 'raced' | 'declined' | 'failed'; readonly detail: string };

/** Pushes a commit to `main`, never forced. */
export async function pushCommit(git: Git, commit: string): Promise<PushOutcome> {
  try {
    await git.run(['push', '--porcelain', '--no-verify', 'origin', `${commit}:refs/heads/main`]);
    return { result: 'pushed' };
  } catch (error) {
    return classifyPush(error instanceof Error ? error.message : String(error));
  }
}

/** Classifies from git's output why a push failed. */
export function classifyPush(output: string): Exclude<PushOutcome, { result: 'pushed' }> {
  const verdict = output.split('\n').find((line) => line.includes('[rejected]') || line.includes('[remote rejected]'));
  const remote = output.split('\n').find((line) => line.startsWith('remote: ') && line.trim() !== 'remote:');
  const fatal = output.split('\n').find((line) => line.startsWith('fatal: ') || line.startsWith('error: '));
  const detail = (line: string | undefined) =>
    (line ?? fatal ?? output.split('\n', 1)[0] ?? '').replace(/\s+/g, ' ').slice(0, 300);
  const why = remote === undefined ? fatal : `${remote.slice(8)} (${fatal ?? ''})`;
  if (verdict === undefined) return { result: 'failed', detail: detail(why) };
  if (/declined|protected branch/.test(verdict)) {
    return { result: 'declined', detail: detail(remote === undefined ? verdict : `${remote.slice(8)} (${verdict})`) };
  }
  const raced =
    /\[rejected\]|cannot lock ref|failed to (?:update|lock)|incorrect old value|already exists|non-fast-forward/;
  return { result: raced.test(verdict) ? 'raced' : 'failed', detail: detail(verdict) };
}
