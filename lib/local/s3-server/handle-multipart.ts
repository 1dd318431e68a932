import { z } from 'zod';
import { requirePrefix } from './access-key.ts';
import { checkWriteConditions } from './conditions.ts';
import { bodyOf, type Exchange, queryNumber, queryValue, sendEmpty, sendXml, textBodyOf } from './exchange.ts';
import { abortUpload, completeUpload, createUpload, MAX_PART_NUMBER, putPart } from './multipart.ts';
import { objectHeadOf } from './object-head.ts';
import { S3Failure } from './s3-failure.ts';
import { parseXml } from './xml.ts';

const completionSchema = z.object({
  CompleteMultipartUpload: z.object({
    Part: z
      .array(z.object({ PartNumber: z.string().regex(/^\d{1,5}$/), ETag: z.string().min(1).max(80) }))
      .min(1)
      .max(MAX_PART_NUMBER),
  }),
});

/** CreateMultipartUpload. */
export async function startUpload(exchange: Exchange): Promise<void> {
  const { storage, target, authenticated } = exchange;
  const bucket = storage.bucket(target.bucket);
  requirePrefix(authenticated.accessKey, target.key);
  const id = await createUpload(bucket, objectHeadOf(exchange));
  sendXml(exchange, 'InitiateMultipartUploadResult', { Bucket: target.bucket, Key: target.key, UploadId: id });
}

/** UploadPart. */
export async function uploadPart(exchange: Exchange): Promise<void> {
  const { storage, target, authenticated } = exchange;
  const bucket = storage.bucket(target.bucket);
  requirePrefix(authenticated.accessKey, target.key);
  const number = queryNumber(exchange, 'partNumber', { min: 1, max: MAX_PART_NUMBER });
  const etag = await putPart(bucket, { ...uploadOf(exchange), number }, bodyOf(exchange));
  sendEmpty(exchange, 200, { etag });
}

/** CompleteMultipartUpload. */
export async function finishUpload(exchange: Exchange): Promise<void> {
  const { storage, target, headers, authenticated, maxObjectBytes } = exchange;
  const bucket = storage.bucket(target.bucket);
  requirePrefix(authenticated.accessKey, target.key);
  const parsed = completionSchema.safeParse(parseXml(await textBodyOf(exchange)));
  if (!parsed.success) throw new S3Failure('MalformedXML', 'The list of parts was not understood.');
  const parts = parsed.data.CompleteMultipartUpload.Part;
  const info = await completeUpload(
    bucket,
    uploadOf(exchange),
    parts.map((part) => ({ number: Number(part.PartNumber), etag: decodeQuotes(part.ETag) })),
    { allow: (existing) => checkWriteConditions(headers, existing), maxBytes: maxObjectBytes },
  );
  sendXml(exchange, 'CompleteMultipartUploadResult', { Bucket: target.bucket, Key: target.key, ETag: info.etag });
}

/** AbortMultipartUpload. */
export async function giveUpUpload(exchange: Exchange): Promise<void> {
  const { storage, target, authenticated } = exchange;
  const bucket = storage.bucket(target.bucket);
  requirePrefix(authenticated.accessKey, target.key);
  await abortUpload(bucket, uploadOf(exchange));
  sendEmpty(exchange, 204);
}

function uploadOf(exchange: Exchange): { readonly id: string; readonly key: string } {
  return { id: queryValue(exchange, 'uploadId') ?? '', key: exchange.target.key };
}

function decodeQuotes(etag: string): string {
  return etag.replaceAll('&quot;', '"');
}
