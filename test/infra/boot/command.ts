import { execFile } from 'node:child_process';

/** Runs a program to its end and gives its standard output. @throws Error with what it said when it fails. */
export function must(program: string, ...args: readonly string[]): Promise<string> {
  return mustWith({}, program, ...args);
}

/** The same with more environment, a text for its standard input, or longer than ten minutes. */
export function mustWith(
  more: { readonly env?: NodeJS.ProcessEnv; readonly input?: string; readonly timeoutMs?: number },
  program: string,
  ...args: readonly string[]
): Promise<string> {
  const { env = {}, input = '', timeoutMs = 600_000 } = more;
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 1 << 28, timeout: timeoutMs };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(' ')}: ${error.message}\n${stdout.slice(-2_000)}\n${stderr}`));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Asks again and again until the answer is one; what was last in the way is the error. */
export async function eventually<T>(what: string, timeoutMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = 'it was never so';
  for (;;) {
    const found = await ask().catch((cause: unknown) => {
      last = cause;
      return undefined;
    });
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
