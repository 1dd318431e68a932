import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Bucket, ObjectHead } from './bucket.ts';
import { finishObjectFile, type ObjectInfo, readObjectInfo, writeTemporary } from './object-file.ts';
import { S3Failure } from './s3-failure.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;

/** The largest number of a part. */
export const MAX_PART_NUMBER = 10_000;

const headSchema = z.strictObject({
  key: z.string(),
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
});

/** A part as the client lists it when it completes an upload. */
export interface ListedPart {
  readonly number: number;
  readonly etag: string;
}

/** Starts an upload in parts and gives its id. */
export async function createUpload(bucket: Bucket, head: ObjectHead): Promise<string> {
  const id = randomUUID().replaceAll('-', '');
  const temporary = join(bucket.incomingDir, id);
  await mkdir(temporary);
  await writeFile(join(temporary, 'upload.json'), JSON.stringify(head));
  await rename(temporary, join(bucket.uploadsDir, id));
  return id;
}

/** Stores one part, replacing an earlier one with its number; gives its entity tag. */
export async function putPart(
  bucket: Bucket,
  upload: { readonly id: string; readonly key: string; readonly number: number },
  source: AsyncIterable<Buffer>,
): Promise<string> {
  const { dir } = await findUpload(bucket, upload);
  const temporary = join(bucket.incomingDir, randomUUID());
  const digest = createHash('md5');
  let sizeBytes = 0;
  const file = await writeTemporary(temporary, source, (bytes) => {
    digest.update(bytes);
    sizeBytes += bytes.length;
  });
  const etag = `"${digest.digest('hex')}"`;
  const info = { key: upload.key, sizeBytes, etag, modifiedMs: 0, contentType: '', metadata: {} };
  try {
    await finishObjectFile(file, temporary, join(dir, `part-${upload.number}`), info);
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    // The upload was completed or given up while the part came in.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw noSuchUpload();
    throw error;
  }
  return etag;
}

/** Joins the listed parts into the object. Throws NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall. */
export async function completeUpload(
  bucket: Bucket,
  upload: { readonly id: string; readonly key: string },
  listed: readonly ListedPart[],
  options: { readonly allow: (existing: ObjectInfo | undefined) => void; readonly maxBytes: number },
): Promise<ObjectInfo> {
  const { dir, head } = await findUpload(bucket, upload);
  const parts: { readonly path: string; readonly sizeBytes: number; readonly etag: string }[] = [];
  for (const [position, { number, etag }] of listed.entries()) {
    if (number <= (listed[position - 1]?.number ?? 0)) throw new S3Failure('InvalidPartOrder', 'Parts must ascend.');
    const path = join(dir, `part-${number}`);
    const info = await readObjectInfo(path).catch(() => undefined);
    if (info === undefined || info.etag.replaceAll('"', '') !== etag.replaceAll('"', '')) {
      throw new S3Failure('InvalidPart', `Part ${number} was not uploaded with that entity tag.`);
    }
    if (info.sizeBytes < MIN_PART_BYTES && position < listed.length - 1) {
      throw new S3Failure('EntityTooSmall', 'All parts but the last must have 5 MiB.');
    }
    parts.push({ path, sizeBytes: info.sizeBytes, etag: info.etag });
  }
  if (parts.reduce((sum, part) => sum + part.sizeBytes, 0) > options.maxBytes) {
    throw new S3Failure('EntityTooLarge', `At most ${options.maxBytes} bytes are taken.`);
  }
  const digest = createHash('md5');
  for (const { etag } of parts) digest.update(Buffer.from(etag.replaceAll('"', ''), 'hex'));
  const info = await bucket.put(head, joined(parts), options.allow, `"${digest.digest('hex')}-${parts.length}"`);
  await rm(dir, { recursive: true, force: true });
  return info;
}

/** Gives an upload up and frees its parts. Throws NoSuchUpload. */
export async function abortUpload(
  bucket: Bucket,
  upload: { readonly id: string; readonly key: string },
): Promise<void> {
  const { dir } = await findUpload(bucket, upload);
  await rm(dir, { recursive: true, force: true });
}

async function* joined(
  parts: readonly { readonly path: string; readonly sizeBytes: number }[],
): AsyncGenerator<Buffer> {
  for (const { path, sizeBytes } of parts) {
    if (sizeBytes > 0) yield* createReadStream(path, { end: sizeBytes - 1 });
  }
}

async function findUpload(
  bucket: Bucket,
  upload: { readonly id: string; readonly key: string },
): Promise<{ readonly dir: string; readonly head: ObjectHead }> {
  if (!/^[0-9a-f]{32}$/.test(upload.id)) throw noSuchUpload();
  const dir = join(bucket.uploadsDir, upload.id);
  const text = await readFile(join(dir, 'upload.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw noSuchUpload();
  const head = headSchema.parse(JSON.parse(text));
  if (head.key !== upload.key) throw noSuchUpload();
  return { dir, head };
}

function noSuchUpload(): S3Failure {
  return new S3Failure('NoSuchUpload', 'The specified upload does not exist.');
}
