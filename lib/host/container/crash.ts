import { displayText } from '../../core/display-text.ts';
import { formatError } from '../../core/errors.ts';

/**
 * Describes an error that nobody caught: its message in a line, and where it was thrown. Node would print all that the error
 * knows, as the address that a request went to, and logs are no place for a key.
 */
export function describeCrash(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return [displayText(formatError(error)), ...frames.map(displayText)].join('\n');
}
