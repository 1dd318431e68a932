import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { finishObjectFile, type ObjectInfo, readObjectInfo, writeTemporary } from './object-file.ts';

/** What is written with an object. */
export interface ObjectHead {
  readonly key: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One bucket: its index in memory, its objects on disk. */
export interface Bucket {
  readonly info: (key: string) => ObjectInfo | undefined;
  /** All objects in no order. */
  readonly all: () => Iterable<ObjectInfo>;
  /** Stores an object. `allow` is asked right before it appears, with what it replaces, and may throw. */
  readonly put: (
    head: ObjectHead,
    source: AsyncIterable<Buffer>,
    allow: (existing: ObjectInfo | undefined) => void,
  ) => Promise<ObjectInfo>;
  /** Opens an object's file; what replaces or deletes it later doesn't disturb the reader. The caller closes it. */
  readonly open: (key: string) => Promise<{ readonly info: ObjectInfo; readonly file: FileHandle } | undefined>;
  readonly remove: (key: string) => Promise<void>;
}

/** Opens a bucket's folder, reading what is in it; reports damaged files to `onDamaged` and leaves them alone. */
export async function openBucket(
  dir: string,
  options: { readonly nowMs: () => number; readonly onDamaged: (path: string) => void },
): Promise<Bucket> {
  const objectsDir = join(dir, 'objects');
  const incomingDir = join(dir, 'incoming');
  // No write in these folders was confirmed to a client. Earlier versions kept parts of objects in `uploads`.
  for (const folder of [incomingDir, join(dir, 'uploads')]) await rm(folder, { recursive: true, force: true });
  for (const folder of [objectsDir, incomingDir]) await mkdir(folder, { recursive: true });
  const index = await readIndex(objectsDir, options.onDamaged);
  // Keys become digests: any key is a safe name, of one length, in one folder.
  const pathOf = (key: string): string => join(objectsDir, createHash('sha256').update(key).digest('hex'));
  // Writes run one after the other, so that a condition still holds when its write is done.
  const exclusively = pLimit(1);

  return {
    info: (key) => index.get(key),
    all: () => index.values(),
    put: async (head, source, allow) => {
      const temporary = join(incomingDir, randomUUID());
      const digest = createHash('md5');
      let sizeBytes = 0;
      const file = await writeTemporary(temporary, source, (bytes) => {
        digest.update(bytes);
        sizeBytes += bytes.length;
      });
      try {
        return await exclusively(async () => {
          allow(index.get(head.key));
          const info = { ...head, sizeBytes, etag: `"${digest.digest('hex')}"`, modifiedMs: options.nowMs() };
          await finishObjectFile(file, temporary, pathOf(head.key), info);
          index.set(head.key, info);
          return info;
        });
      } catch (error) {
        await file.close();
        await rm(temporary, { force: true });
        throw error;
      }
    },
    open: (key) =>
      exclusively(async () => {
        const info = index.get(key);
        return info === undefined ? undefined : { info, file: await open(pathOf(key), 'r') };
      }),
    remove: (key) =>
      exclusively(async () => {
        await rm(pathOf(key), { force: true });
        index.delete(key);
      }),
  };
}

async function readIndex(objectsDir: string, onDamaged: (path: string) => void): Promise<Map<string, ObjectInfo>> {
  const index = new Map<string, ObjectInfo>();
  for (const name of await readdir(objectsDir)) {
    const path = join(objectsDir, name);
    const info = await readObjectInfo(path);
    if (info !== undefined && createHash('sha256').update(info.key).digest('hex') === name) index.set(info.key, info);
    else onDamaged(path);
  }
  return index;
}
