import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../files/durable.ts';
import { createPrivateFile, PRIVATE } from '../files/private-file.ts';

const versionSchema = z.strictObject({ etag: z.string().min(1).max(200), totalBytes: z.number().int().positive() });

/** The version of an object that a partial file belongs to. */
export type ObjectVersion = z.infer<typeof versionSchema>;

/** A download's files: the bytes so far, and their version. */
export interface DownloadFiles {
  readonly partPath: string;
  readonly versionPath: string;
}

/** The paths of a download's files in its folder. */
export function downloadFiles(dir: string): DownloadFiles {
  return { partPath: join(dir, 'package.age.part'), versionPath: join(dir, 'package.version.json') };
}

/** Reads what can be resumed; undefined if nothing, for bytes without a known version, and for an object over `maxBytes`. */
export async function readProgress(
  files: DownloadFiles,
  maxBytes: number,
): Promise<{ readonly version: ObjectVersion; readonly offset: number } | undefined> {
  try {
    const version = versionSchema.parse(JSON.parse(await readFile(files.versionPath, 'utf8')));
    const { size } = await stat(files.partPath);
    return size > 0 && size <= version.totalBytes && version.totalBytes <= maxBytes
      ? { version, offset: size }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Starts a new download of a version. Without a version (the server sent no ETag) it can't be resumed. */
export async function startDownload(files: DownloadFiles, version: ObjectVersion | undefined): Promise<void> {
  await discardDownload(files);
  await (await createPrivateFile(files.partPath)).close();
  if (version === undefined) return;
  await writeDurably(files.versionPath, JSON.stringify(version), { mode: PRIVATE });
}

/** Deletes a download; the version first, so that a kill between leaves nothing that looks resumable. */
export async function discardDownload(files: DownloadFiles): Promise<void> {
  await rm(files.versionPath, { force: true });
  await rm(files.partPath, { force: true });
}
