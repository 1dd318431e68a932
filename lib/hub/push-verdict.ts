import type { ChildProcess } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { formatError } from '../core/errors.ts';
import type { Account } from '../core/hub-accounts.ts';
import type { Disk } from './disk.ts';
import { inspectPush, type PushTarget, type Verdict } from './inspect-push.ts';
import { answerHook, type HookQuestion, readQuestion } from './push-hook.ts';
import type { PushQuota } from './push-quota.ts';

/** How a push was judged; `unasked` when git ended before, `unknown` when the rules could not be applied. */
export type Judged = 'accepted' | 'rejected' | 'unasked' | 'unknown';

/** What a push is judged with. */
export interface JudgeParts {
  readonly target: PushTarget;
  readonly quota: PushQuota;
  readonly disk: Disk;
  readonly log: (line: string) => void;
}

/** Answers the pre-receive hook of an account's push by the hub's rules and the account's quota, and charges what is accepted. */
export async function judgePush(child: ChildProcess, account: Account, parts: JudgeParts): Promise<Judged> {
  const { log } = parts;
  const channel = child.stdio[3] as Duplex;
  channel.on('error', () => undefined);
  const question = await readQuestion(channel);
  if (question === undefined) {
    // A hook that still writes would wait for ever, and with it the place of this push.
    channel.destroy();
    return 'unasked';
  }
  try {
    const verdict = await inspect(account, question, parts);
    if (verdict.result === 'rejected') log(`rejected a push of ${account.account}: ${verdict.lines.join('; ')}`);
    answerHook(channel, verdict);
    return verdict.result;
  } catch (error) {
    log(`a push of ${account.account} could not be inspected: ${formatError(error)}`);
    channel.destroy();
    return 'unknown';
  }
}

async function inspect(account: Account, question: HookQuestion, parts: JudgeParts): Promise<Verdict> {
  const { target, quota, disk } = parts;
  const quarantine = {
    GIT_QUARANTINE_PATH: question.quarantine,
    GIT_OBJECT_DIRECTORY: question.quarantine,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `${target.repository}/objects`,
  };
  const nowSeconds = Math.floor(Date.now() / 1000);
  const verdict = await inspectPush(target, account, question.updates, quarantine, nowSeconds);
  if (verdict.result === 'rejected') return verdict;
  // A pack may hold objects that no file shows, and deltas that unpack to more than was sent: what is kept counts, too.
  const bytes = Math.max(verdict.changedBytes, await sizeOf(question.quarantine));
  const refusal = quota.refusal(account.account, 'changedBytes', bytes, await disk.freeBytes());
  if (refusal !== undefined) return { result: 'rejected', lines: [refusal] };
  quota.charge(account.account, 'changedBytes', bytes);
  return verdict;
}

/** The bytes of all files in a folder. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
