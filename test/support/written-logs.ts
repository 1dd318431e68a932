import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleDate, sampleDay } from '../../lib/local/sample-corpus/sample-day.ts';

const SEED = 'economy';
const LONG_LINE_BYTES = 50 * 2 ** 20;

/** Days of budgets are so short that no budget stands between a buyer and what it wants. */
const SETTINGS = 'title: Test corpus\nminMessages: 60\nmaxProfiles: 3\ndaySeconds: 10\n';

/** Writes four good days of the sample, one with a line of 50 MB, one with bytes that aren't UTF-8, and a broken one among them. */
export async function writeLogs(dir: string): Promise<void> {
  await mkdir(dir);
  await writeFile(join(dir, 'corpus.yaml'), SETTINGS);
  for (const number of [0, 1, 2, 3]) await writeDay(dir, number);
  const long = `{"timestamp":"2024-01-05T10:00:00Z","user":"chatty","message":"${'x'.repeat(LONG_LINE_BYTES)}"}`;
  const short = '{"timestamp":"2024-01-05T10:00:01Z","user":"terse","message":"nothing to add"}';
  await writeFile(join(dir, '2024-01-05.jsonl'), `${long}\n${short}\n`);
  const latin = Buffer.from('[10:00] <Jos\xe9> ma\xf1ana a las ocho\n[10:01] <ann> see you then\n', 'latin1');
  await writeFile(join(dir, '2024-01-06.raw.txt'), latin);
  await writeFile(join(dir, '2024-01-07.raw.txt'), randomBytes(300_000));
}

/** Writes a day of the sample by its number. */
export async function writeDay(dir: string, number: number): Promise<void> {
  await writeFile(join(dir, `${sampleDate(number)}.jsonl`), `${sampleDay(SEED, number).lines.join('\n')}\n`);
}
