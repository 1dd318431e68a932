import stripAnsi from 'strip-ansi';
import { cleanText } from './text.ts';

/** Makes strangers' text safe for a terminal: no escape sequences, no controls, one line, at most 2,000 bytes. */
export function displayText(text: string): string {
  return cleanText(stripAnsi(text), 2000);
}
