import { open, readFile, rename } from 'node:fs/promises';

/**
 * Writes a file that only its owner reads, whole or not at all. One that holds the text already is left alone, so that
 * those who watch it see no change.
 */
export async function writePrivately(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return;
  const draft = `${file}.tmp`;
  const handle = await open(draft, 'w', 0o400);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
