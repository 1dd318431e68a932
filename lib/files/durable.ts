import { open, rename } from 'node:fs/promises';
import path from 'node:path';

let drafts = 0;

/** Writes a file so that after a kill or a power cut it is there whole or not at all: draft, fsync, rename, fsync of the folder. */
export async function writeDurably(file: string, text: string, mode = 0o666): Promise<void> {
  const draft = `${file}.${drafts++}.tmp`;
  const handle = await open(draft, 'w', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(path.dirname(file));
}

/** Appends a line and waits until it is on disk. */
export async function appendLine(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a');
  try {
    await handle.appendFile(`${line}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
