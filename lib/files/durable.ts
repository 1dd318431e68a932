import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** How a file is written. */
export interface WriteOptions {
  /** The mode of the file, from its first byte on; the umask can only narrow it. 0666 if absent. */
  readonly mode?: number;
  /** Leaves a file alone that holds the content already, so that those who watch it see no change. */
  readonly onlyIfChanged?: boolean;
  /** False for what may be lost in a power cut: then the file is whole after a kill only, and the disk is not waited for. */
  readonly isSynced?: boolean;
}

/** What {@link writeDurably} calls a file until it is whole, now and in earlier versions. */
const DRAFT = /^\..+\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$|\.\d+\.tmp$/;

/**
 * Writes a file so that after a kill or a power cut it is there whole or not at all: a new draft beside it, fsync,
 * rename, fsync of the folder. Replaces what is there, its mode too. A failure leaves no draft; see
 * {@link removeDrafts} for a kill. Writes of one file at the same time leave one of them, whole.
 */
export async function writeDurably(
  file: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const { mode = 0o666, onlyIfChanged = false, isSynced = true } = options;
  if (onlyIfChanged && (await holds(file, content))) return;
  // Hidden, so that nobody who lists the folder takes it for a file of its own.
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    // Exclusively: a file that is there already would keep its own mode.
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(content);
      if (isSynced) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  if (isSynced) await sync(path.dirname(file));
}

/** Makes a file that is filled already durable under its final name: fsync, rename, fsync of the folder. Replaces what is there. */
export async function commitFile(draft: string, file: string): Promise<void> {
  await sync(draft);
  await rename(draft, file);
  await sync(path.dirname(file));
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

/** Removes what {@link writeDurably} left in a folder, if there is one, when it was killed. For the one process that writes there. */
export async function removeDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    if (DRAFT.test(name)) await rm(path.join(folder, name), { force: true });
  }
}

async function holds(file: string, content: string | Uint8Array): Promise<boolean> {
  const found = await readFile(file).catch(() => undefined);
  return found?.equals(Buffer.from(content)) ?? false;
}

async function sync(place: string): Promise<void> {
  const handle = await open(place, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
