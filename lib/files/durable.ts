import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** How a file is written. */
export interface WriteOptions {
  /** The mode of the file, from its first byte on; the umask can only narrow it. 0666 if absent. */
  readonly mode?: number;
  /** Doesn't write a file that already has this content, so that its watchers see no change. */
  readonly onlyIfChanged?: boolean;
  /** False skips fsync: the file survives a kill of the process whole, but a power cut may lose it. */
  readonly isSynced?: boolean;
}

/** The names of the temporary files of {@link writeDurably}, of this version and earlier ones. */
const DRAFT = /^\..+\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$|\.\d+\.tmp$/;

/**
 * Writes a file atomically and durably: a temporary file beside it, fsync, rename, fsync of the folder. Replaces an
 * existing file and its mode. An error leaves no temporary file; {@link removeDrafts} removes what a kill leaves. Of
 * concurrent writes of one file, one wins whole.
 */
export async function writeDurably(
  file: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const { mode = 0o666, onlyIfChanged = false, isSynced = true } = options;
  if (onlyIfChanged && (await holds(file, content))) return;
  // Hidden, so that whoever lists the folder skips it.
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    // Exclusive: an existing file would keep its own mode.
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

/** Makes a written temporary file durable under its final name: fsync, rename, fsync of the folder. Replaces an existing file. */
export async function commitFile(draft: string, file: string): Promise<void> {
  await sync(draft);
  await rename(draft, file);
  await sync(path.dirname(file));
}

/** Appends a line and waits for fsync. */
export async function appendLine(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a');
  try {
    await handle.appendFile(`${line}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Removes the temporary files that a killed {@link writeDurably} left in a folder, which may be absent. Only for the process that writes there. */
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

async function sync(target: string): Promise<void> {
  const handle = await open(target, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
