import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectPath } from '../../../lib/files/project.ts';
import { createJobProcess, type JobProcess, type JobProcessOptions } from '../../../lib/work/job-process.ts';
import type { TestJob } from '../../support/job-program.ts';
import { withFolder } from '../../support/product-maker.ts';

const ENTRY = projectPath('test/support/job-program.ts');
const told = z.object({ pid: z.number(), env: z.array(z.string()), value: z.unknown() });

const opened: JobProcess[] = [];
afterEach(() => {
  for (const jobs of opened.splice(0)) jobs.close();
});

function open(options: Partial<JobProcessOptions> = {}) {
  const jobs = createJobProcess({ entry: ENTRY, maxHeapMib: 64, timeoutMs: 60_000, idleMs: 60_000, ...options });
  opened.push(jobs);
  const run = (job: TestJob) => jobs.run(job);
  return { run, close: jobs.close, tell: async (value?: unknown) => told.parse(await run({ type: 'tell', value })) };
}

/** Resolves when a process is gone. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await setImmediate();
  }
}

describe('a process of jobs', () => {
  it('answers each in turn, with what can be cloned, and has no secret of the one that started it', async () => {
    const { tell, run } = open();
    const value = { bots: new Set(['a']), price: 5n, text: 'ñ', missing: undefined };
    const [one, refused, other] = await Promise.allSettled([tell(value), run({ type: 'refuse' }), tell(2)]);
    expect(one).toMatchObject({ value: { value, env: [] } });
    expect(refused).toMatchObject({
      reason: { name: 'SwarmError', code: 'test/refused', disposition: 'wait', next: 'Ask again.' },
    });
    expect(other).toMatchObject({ value: { value: 2 } });
    if (one.status !== 'fulfilled' || other.status !== 'fulfilled') throw new Error('a job failed');
    expect(one.value.pid).toBe(other.value.pid);
    expect(one.value.pid).not.toBe(process.pid);
  });

  it('ends alone when a job takes too much memory, and the next job has another one', async () => {
    const { tell, run } = open();
    const before = await tell();
    const [hoard, after] = await Promise.allSettled([run({ type: 'hoard' }), tell('after')]);
    expect(hoard).toMatchObject({ reason: { code: 'work/out-of-bounds', message: expect.stringContaining('64 MiB') } });
    expect(after).toMatchObject({ value: { value: 'after' } });
    await gone(before.pid);
  });

  it('ends alone when a job takes too long, and the next job has another one', async () => {
    const { tell, run } = open({ timeoutMs: 3000 });
    const before = await tell();
    const [spin, after] = await Promise.allSettled([run({ type: 'spin' }), tell('after')]);
    expect(spin).toMatchObject({ reason: { code: 'work/out-of-bounds', message: expect.stringContaining('3 s') } });
    expect(after).toMatchObject({ value: { value: 'after' } });
    await gone(before.pid);
  });

  it.skipIf(process.platform !== 'linux')('is what the system ends first when memory runs out', async () => {
    const { pid } = await open().tell();
    expect(await readFile(`/proc/${pid}/oom_score_adj`, 'utf8')).toBe('1000\n');
  });

  it('that somebody else ends has its job done again', async () => {
    await withFolder(async (dir) => {
      const { tell, run } = open();
      expect(told.parse(await run({ type: 'die-once', file: join(dir, 'died') })).value).toBeUndefined();
      const idle = await tell();
      process.kill(idle.pid, 'SIGKILL');
      await gone(idle.pid);
      expect((await tell('again')).value).toBe('again');
    });
  });

  it('works on when Ctrl-C reaches it, too: who started it says when it ends', async () => {
    const { tell } = open();
    const { pid } = await tell();
    process.kill(pid, 'SIGINT');
    expect((await tell('after')).pid).toBe(pid);
  });

  it('is ended when it has nothing to do, and started again for the next job', async () => {
    const { tell } = open({ idleMs: 1 });
    const { pid } = await tell();
    await gone(pid);
    expect((await tell('again')).value).toBe('again');
  });

  it('is ended in the middle of a job, which is not held against what it worked on', async () => {
    const { run, close, tell } = open();
    const { pid } = await tell();
    const [running, waiting] = [run({ type: 'spin' }), run({ type: 'spin' })];
    await setImmediate();
    close();
    await expect(running).rejects.toMatchObject({ code: 'work/closed' });
    await expect(waiting).rejects.toMatchObject({ code: 'work/closed' });
    await expect(tell()).rejects.toMatchObject({ code: 'work/closed' });
    await gone(pid);
  });

  it('that cannot be started is not held against the job', async () => {
    const { tell } = open({ entry: projectPath('lib/work/there-is-no-program.js') });
    await expect(tell()).rejects.toMatchObject({ code: 'work/no-process', disposition: 'wait' });
  });

  it('keeps nobody from ending, and ends with who started it', async () => {
    const program = `
      import { createJobProcess } from ${JSON.stringify(projectPath('lib/work/job-process.ts'))};
      const jobs = createJobProcess({ entry: ${JSON.stringify(ENTRY)}, maxHeapMib: 64, timeoutMs: 60000, idleMs: 60000 });
      console.log((await jobs.run({ type: 'tell' })).pid);`;
    const { stdout, exitCode } = await execa(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program],
      { cwd: projectPath('.') },
    );
    expect(exitCode).toBe(0);
    await gone(Number(stdout));
  });
});
