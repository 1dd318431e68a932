import { formatError } from '../core/errors.ts';

/** Calls the closers, newest first, and empties the list; an error of one is logged and doesn't skip the others. */
export async function closeAll(closers: (() => Promise<void> | void)[], log: (line: string) => void): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      log(`while stopping: ${formatError(error)}`);
    }
  }
}
