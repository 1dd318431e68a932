import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';

/** What became of a message to a child process: its answer, its end, or nothing in time. */
export type ToldByChild =
  | { readonly type: 'message'; readonly message: unknown }
  | { readonly type: 'ended'; readonly how: string }
  | { readonly type: 'late' };

/** Starts a process for jobs with a bound on its memory. It says a first message when it can take jobs. */
export function startChild(entry: string, maxHeapMib: number): ChildProcess {
  const loader = entry.endsWith('.ts') ? ['--import', createRequire(import.meta.url).resolve('tsx')] : [];
  const child = fork(entry, {
    execArgv: [`--max-old-space-size=${maxHeapMib}`, ...loader],
    // What it works on was written by strangers: it gets no secret of this process.
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Whoever waits for it hears of it; without a listener it would end this process.
  child.on('error', () => undefined);
  return child;
}

/** Sends a child a message, if one is given, and waits for what it says next. This process may end meanwhile only if nobody waits. */
export function tellChild(child: ChildProcess, message: object | undefined, timeoutMs: number): Promise<ToldByChild> {
  return new Promise((resolve) => {
    const finish = (told: ToldByChild): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      child.unref();
      child.channel?.unref();
      resolve(told);
    };
    const onMessage = (answer: unknown) => finish({ type: 'message', message: answer });
    const onExit = (code: number | null, signal: string | null) =>
      finish({ type: 'ended', how: `it ended with ${signal ?? code}` });
    const onError = ({ message: how }: Error) => finish({ type: 'ended', how });
    const timer = setTimeout(() => finish({ type: 'late' }), timeoutMs);
    child.ref();
    child.channel?.ref();
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    if (message === undefined) return;
    child.send(message, (error) => {
      if (error !== null) finish({ type: 'ended', how: error.message });
    });
  });
}
