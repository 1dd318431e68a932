import { existsSync, writeFileSync } from 'node:fs';
import { SwarmError } from '../../lib/core/errors.ts';
import { answerJobs } from '../../lib/work/answer-jobs.ts';

/** What {@link file://./job-program.ts the program of tests} does for a job. */
export type TestJob =
  | { readonly type: 'tell'; readonly value: unknown }
  | { readonly type: 'hoard' }
  | { readonly type: 'spin' }
  | { readonly type: 'refuse' }
  /** Ends its process if the file is not there yet, and writes it first. */
  | { readonly type: 'die-once'; readonly file: string };

answerJobs(async (given) => {
  const job = given as TestJob;
  if (job.type === 'hoard') {
    const kept: unknown[] = [];
    // About 400 MiB.
    while (kept.length < 50_000) kept.push(new Array(1000).fill(kept.length));
  }
  if (job.type === 'spin') for (;;);
  if (job.type === 'refuse') {
    throw new SwarmError({ code: 'test/refused', disposition: 'wait', message: 'It is refused', next: 'Ask again.' });
  }
  if (job.type === 'die-once' && !existsSync(job.file)) {
    writeFileSync(job.file, '');
    process.kill(process.pid, 'SIGKILL');
  }
  return { pid: process.pid, env: Object.keys(process.env), value: job.type === 'tell' ? job.value : undefined };
});
