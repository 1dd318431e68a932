import { describe, expect, it } from 'vitest';
import { projectPath } from '../../../lib/files/project.ts';
import { restWithWork } from '../../../lib/host/rest-with-work.ts';
import { createJobProcess } from '../../../lib/work/job-process.ts';
import type { TestJob } from '../../support/job-program.ts';

const SPIN: TestJob = { type: 'spin' };
const TELL: TestJob = { type: 'tell', value: 1 };

function open() {
  const entry = projectPath('test/support/job-program.ts');
  return createJobProcess({ entry, maxHeapMib: 64, timeoutMs: 600_000, idleMs: 600_000 });
}

describe('agents that rest', () => {
  it('do not wait for work that somebody made endless', async () => {
    const jobs = open();
    const endless = jobs.run(SPIN).catch((error: unknown) => error);
    await restWithWork(jobs, async () => {
      await endless;
    });
    expect(await endless).toMatchObject({ code: 'work/closed', disposition: 'wait' });
  });

  it('finish what they work on, and begin nothing after', async () => {
    const jobs = open();
    await jobs.run(TELL);
    let told: unknown;
    await restWithWork(jobs, async () => {
      told = await jobs.run(TELL);
    });
    expect(told).toMatchObject({ value: 1 });
    await expect(jobs.run(TELL)).rejects.toMatchObject({ code: 'work/closed' });
  });
});
