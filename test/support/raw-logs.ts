import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputRef } from '../../lib/products/definition.ts';
import { formatMessage } from '../../lib/products/ingest/message.ts';
import { DEFAULT_SETTINGS, sharedSettings } from '../../lib/products/settings.ts';
import { sha256 } from '../../lib/work/digest.ts';

const DAY = '2026-11-20';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Raw logs of one day as any seller may write them, a line each message. */
export async function rawLogs(
  dir: string,
  lines: readonly string[],
  { title = '', day = DAY }: { readonly title?: string; readonly day?: string } = {},
): Promise<InputRef> {
  const corpus = sharedSettings.strip().parse({ ...DEFAULT_SETTINGS, title });
  const days = [{ day, messages: lines.length }];
  const header = { product: 'raw-logs', version: '2', days, messages: lines.length, people: 1, corpus };
  const text = `${JSON.stringify(header)}\n${lines.join('')}`;
  const path = join(dir, sha256(text).slice(2));
  await writeFile(path, text);
  return { product: 'raw-logs', path, digest: sha256(text), label: '' };
}

/** One message of {@link rawLogs}. */
export const logLine = (id: number, changes: { text?: string; who?: string; day?: string } = {}) =>
  formatMessage({ id, day: DAY, time: '10:00', who: 'anon-aaaaaaaaaa', text: '', ...changes });

/** So many lines. */
export const many = (count: number, of: (id: number) => string) => Array.from({ length: count }, (_, id) => of(id));

/** Messages of one person, each of words that are in no other. */
export function differentWords(
  messages: number,
  wordsEach: number,
  changes: { readonly who?: string; readonly day?: string } = {},
): readonly string[] {
  const word = (n: number) => [...n.toString(26).padStart(6, '0')].map((c) => LETTERS[Number.parseInt(c, 26)]).join('');
  const text = (id: number) => Array.from({ length: wordsEach }, (_, at) => word(id * wordsEach + at)).join(' ');
  return many(messages, (id) => logLine(id, { text: text(id), ...changes }));
}
