import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerHook, HOOK_VARIABLE, installHook, readQuestion } from '../../../lib/hub/push-hook.ts';
import { makeFolder } from '../../support/git.ts';

const UPDATE = `${'1'.repeat(40)} ${'2'.repeat(40)} refs/heads/main\n`;

describe('the hook of a push', () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    [folder, removeFolder] = await makeFolder();
    await installHook(folder);
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await removeFolder();
  });

  function start(input: string): Duplex {
    child = spawn(path.join(folder, 'pre-receive'), [], {
      env: { ...process.env, [HOOK_VARIABLE]: '1' },
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    return child.stdio[3] as Duplex;
  }

  it('tells one change of a ref, and of any number that there is more than one', async () => {
    for (const [count, told] of [
      [1, 1],
      [2, 2],
      [50_000, 2],
    ] as const) {
      const channel = start(UPDATE.repeat(count));
      const question = await readQuestion(channel);
      expect(question?.updates).toHaveLength(told);
      answerHook(channel, { result: 'rejected', lines: ['no'] });
      if (child !== undefined) expect(await once(child, 'close')).toEqual([1, null]);
    }
  });
});
