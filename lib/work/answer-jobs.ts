import { writeFileSync } from 'node:fs';
import { failureOf, type JobAnswer } from './job-answer.ts';

/**
 * Answers the jobs that the process which started this one sends ({@link file://./job-process.ts}). This one ends with it, and
 * not before: Ctrl-C in a terminal reaches both, and the other one still waits for the running job.
 */
export function answerJobs(perform: (job: unknown) => Promise<unknown>): void {
  offerItself();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit());
  process.on('message', (job) => {
    void perform(job).then(
      (value) => send({ status: 'done', value }),
      (error: unknown) => send({ status: 'failed', failure: failureOf(error) }),
    );
  });
  // The first message says that jobs can be sent.
  process.send?.({ status: 'ready' });
}

/** Lets the system end this process before any other when memory runs out. Only Linux can be told. */
function offerItself(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Then it ends whichever it likes.
  }
}

function send(answer: JobAnswer): void {
  process.send?.(answer);
}
