import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { execa } from 'execa';
import { SwarmError } from '../core/errors.ts';
import type { RefUpdate, Verdict } from './inspect-push.ts';

/** The file descriptor over which the hook asks the hub; git's children inherit it. */
export const HOOK_DESCRIPTOR = 3;
/** The environment variable of pushes through the hub. Without it, the descriptor isn't the hub's. */
export const HOOK_VARIABLE = 'KK_HUB_PUSH';

/** How many changes of refs the hook tells: with a second one a push is refused, and one may have as many as fit its body. */
const TOLD_UPDATES = 2;

const SCRIPT = `#!/bin/sh
# Asks the hub, over the descriptor that it opened for this push, whether the push is accepted.
if [ -z "\${${HOOK_VARIABLE}-}" ]; then echo 'This vault takes pushes through its hub only.' >&2; exit 1; fi
{
  printf 'quarantine %s\\n' "\${GIT_QUARANTINE_PATH-}"
  count=0
  while [ "$count" -lt ${TOLD_UPDATES} ] && read -r old new ref; do
    printf 'update %s %s %s\\n' "$old" "$new" "$ref"; count=$((count + 1))
  done
  echo asked
} >&${HOOK_DESCRIPTOR}
while read -r word text; do
  case $word in
    say) printf '%s\\n' "$text" >&2 ;;
    accepted) exit 0 ;;
    *) exit 1 ;;
  esac
done <&${HOOK_DESCRIPTOR}
exit 1
`;

/** The push that a hook asks about. */
export interface HookQuestion {
  /** The folder of the pushed objects. */
  readonly quarantine: string;
  /** The first of them; more than one if there are more. */
  readonly updates: readonly RefUpdate[];
}

/**
 * Writes the pre-receive hook into a folder for git's `core.hooksPath` and runs it once as a test: git accepts every push
 * when it can't run the hook.
 * @throws SwarmError `hub/no-hook`
 */
export async function installHook(folder: string): Promise<void> {
  const file = path.join(folder, 'pre-receive');
  await mkdir(folder, { recursive: true });
  await writeFile(file, SCRIPT);
  await chmod(file, 0o755);
  const tried = await execa(file, [], { reject: false, stdin: 'ignore', extendEnv: false, env: {}, timeout: 10_000 });
  if (tried.exitCode === 1 && tried.stderr.startsWith('This vault takes pushes')) return;
  throw new SwarmError({
    code: 'hub/no-hook',
    disposition: 'stop',
    message: `The pre-receive hook ${file} can't be run: ${tried.stderr || tried.shortMessage || 'no answer'}`,
    next: 'The hub needs /bin/sh, and a state folder from which programs may be run (no noexec).',
  });
}

const MAX_QUESTION_BYTES = 64 * 1024;

/** Reads the hook's question about a push; undefined when the connection closes without one or the question is too long. */
export function readQuestion(channel: Duplex): Promise<HookQuestion | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const end = (question: HookQuestion | undefined) => {
      channel.off('data', take);
      resolve(question);
    };
    const take = (part: Buffer) => {
      text += part.toString('utf8');
      if (text.endsWith('\nasked\n')) end(parseQuestion(text));
      else if (text.length > MAX_QUESTION_BYTES) end(undefined);
    };
    channel.on('data', take);
    channel.once('close', () => end(undefined));
    channel.once('end', () => end(undefined));
    channel.once('error', () => end(undefined));
  });
}

/** Sends the verdict to the hook. */
export function answerHook(channel: Duplex, verdict: Verdict): void {
  if (verdict.result === 'accepted') return void channel.write('accepted\n');
  const lines = verdict.lines.map((line) => `say ${line.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?')}\n`);
  channel.write(`${lines.join('')}rejected\n`);
}

function parseQuestion(text: string): HookQuestion {
  const lines = text.split('\n');
  const quarantine = lines.find((line) => line.startsWith('quarantine '))?.slice('quarantine '.length) ?? '';
  const updates = lines.flatMap((line): RefUpdate[] => {
    const match = /^update ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (\S+)$/.exec(line);
    return match === null ? [] : [{ from: match[1] ?? '', to: match[2] ?? '', ref: match[3] ?? '' }];
  });
  return { quarantine, updates };
}
