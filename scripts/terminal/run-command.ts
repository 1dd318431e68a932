/** Wraps a command, which gives its exit code, into an action for commander. */
export type RunCommand = <Args extends unknown[]>(
  command: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;
