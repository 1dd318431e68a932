import { readFile } from 'node:fs/promises';
import { openCorpus } from '../../lib/products/corpus.ts';

// Prints day, time and text of every message of a corpus: for tests that need a process of their own.
const [dir = '', workDir = ''] = process.argv.slice(2);
const corpus = await openCorpus({ dir, workDir, pseudonymKey: new Uint8Array(32).fill(7), now: () => 1 });
for (const { path } of (await corpus.scan()).days) {
  for (const line of (await readFile(path, 'utf8')).trim().split('\n')) {
    const { day, time, text } = JSON.parse(line);
    console.log(`${day} ${time} ${text}`);
  }
}
