import { type FileHandle, open, rm } from 'node:fs/promises';
import { z } from 'zod';
import { commitFile } from '../../files/durable.ts';
import { createPrivateFile } from '../../files/private-file.ts';

const infoSchema = z.strictObject({
  key: z.string().min(1).max(1024),
  sizeBytes: z.number().int().min(0),
  /** With its quotes. */
  etag: z.string().max(80),
  modifiedMs: z.number().int().min(0),
  contentType: z.string().max(255),
  /** User metadata: names without `x-amz-meta-`. */
  metadata: z.record(z.string(), z.string()),
});

/** What an object is, beside its bytes. */
export type ObjectInfo = z.infer<typeof infoSchema>;

const LENGTH_BYTES = 4;
const MAX_INFO_BYTES = 64 * 1024;

/*
 * An object is one file, so that one rename makes it appear whole: its bytes, its info as JSON, and the length of that
 * JSON in 4 bytes. Info comes last because the digest is only known after the bytes.
 */

/** Ends an object's file and makes it durable under its name. */
export async function finishObjectFile(
  file: FileHandle,
  temporary: string,
  path: string,
  info: ObjectInfo,
): Promise<void> {
  const json = Buffer.from(JSON.stringify(info));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  await file.write(Buffer.concat([json, length]), 0, null, info.sizeBytes);
  await file.close();
  await commitFile(temporary, path);
}

/** Reads an object file's info, or undefined where it is damaged. */
export async function readObjectInfo(path: string): Promise<ObjectInfo | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = (await readAt(file, size - LENGTH_BYTES, LENGTH_BYTES)).readUInt32BE();
    if (length > MAX_INFO_BYTES) return undefined;
    const json = await readAt(file, size - LENGTH_BYTES - length, length);
    const info = infoSchema.parse(JSON.parse(json.toString('utf8')));
    return info.sizeBytes + length + LENGTH_BYTES === size ? info : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** Streams bytes to a new temporary file, calling `onBytes` on each piece; deletes it where the source fails. */
export async function writeTemporary(
  path: string,
  source: AsyncIterable<Buffer>,
  onBytes: (bytes: Buffer) => void,
): Promise<FileHandle> {
  const file = await createPrivateFile(path);
  try {
    for await (const bytes of source) {
      onBytes(bytes);
      await file.writeFile(bytes);
    }
    return file;
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error('short read');
  return buffer;
}
