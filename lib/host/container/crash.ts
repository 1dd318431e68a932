import { displayText } from '../../core/display-text.ts';
import { formatError } from '../../core/errors.ts';

/**
 * Describes an uncaught error: its message in one line, and where it was thrown. Node would print all of the error's
 * properties, such as a request's URL, which may contain a key.
 */
export function describeCrash(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return [displayText(formatError(error)), ...frames.map(displayText)].join('\n');
}
