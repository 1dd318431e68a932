import { z } from 'zod';
import { requirePrefix, requireUnconfined } from './access-key.ts';
import { type Exchange, queryNumber, queryValue, sendEmpty, sendXml, textBodyOf } from './exchange.ts';
import { listPage } from './listing.ts';
import { S3Failure } from './s3-failure.ts';
import { encodeUri } from './target.ts';
import { parseXml, type XmlFields } from './xml.ts';

const MAX_KEYS = 1000;

const deletionSchema = z.object({
  Delete: z.object({
    Object: z
      .array(z.object({ Key: z.string().min(1).max(1024) }))
      .min(1)
      .max(MAX_KEYS),
    Quiet: z.string().optional(),
  }),
});

/** CreateBucket. */
export async function createBucket(exchange: Exchange): Promise<void> {
  requireUnconfined(exchange.authenticated.accessKey);
  if (exchange.headers['content-length']?.[0] !== undefined) await textBodyOf(exchange);
  await exchange.storage.createBucket(exchange.target.bucket);
  sendEmpty(exchange, 200, { location: `/${exchange.target.bucket}` });
}

/** HeadBucket. */
export function headBucket(exchange: Exchange): Promise<void> {
  exchange.storage.bucket(exchange.target.bucket);
  sendEmpty(exchange, 200);
  return Promise.resolve();
}

/** ListObjectsV2. */
export function listObjects(exchange: Exchange): Promise<void> {
  const { storage, target, authenticated } = exchange;
  const bucket = storage.bucket(target.bucket);
  const prefix = queryValue(exchange, 'prefix') ?? '';
  requirePrefix(authenticated.accessKey, prefix);
  const delimiter = queryValue(exchange, 'delimiter') ?? '';
  const maxKeys = Math.min(
    queryNumber(exchange, 'max-keys', { min: 0, max: 999_999_999, fallback: MAX_KEYS }),
    MAX_KEYS,
  );
  const startAfter = queryValue(exchange, 'start-after') ?? '';
  const token = queryValue(exchange, 'continuation-token');
  const after = token === undefined ? startAfter : Buffer.from(token, 'base64url').toString('utf8');
  const page = listPage(bucket.all(), { prefix, delimiter, after, maxKeys });
  const encode = queryValue(exchange, 'encoding-type') === 'url' ? encodeUri : (text: string): string => text;
  sendXml(exchange, 'ListBucketResult', {
    Name: target.bucket,
    Prefix: encode(prefix),
    ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
    MaxKeys: maxKeys,
    KeyCount: page.objects.length + page.commonPrefixes.length,
    IsTruncated: page.next !== undefined,
    ContinuationToken: token,
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString('base64url'),
    EncodingType: queryValue(exchange, 'encoding-type'),
    Contents: page.objects.map((info) => ({
      Key: encode(info.key),
      LastModified: new Date(info.modifiedMs).toISOString(),
      ETag: info.etag,
      Size: info.sizeBytes,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.commonPrefixes.map((name) => ({ Prefix: encode(name) })),
  });
  return Promise.resolve();
}

/** DeleteObjects: what the access key may not touch is reported, the rest is done. */
export async function deleteObjects(exchange: Exchange): Promise<void> {
  const { storage, target, authenticated } = exchange;
  const bucket = storage.bucket(target.bucket);
  const parsed = deletionSchema.safeParse(parseXml(await textBodyOf(exchange)));
  if (!parsed.success) throw new S3Failure('MalformedXML', 'The list of keys was not understood.');
  const deleted: XmlFields[] = [];
  const errors: XmlFields[] = [];
  for (const { Key } of parsed.data.Delete.Object) {
    try {
      requirePrefix(authenticated.accessKey, Key);
    } catch (error) {
      if (!(error instanceof S3Failure)) throw error;
      errors.push({ Key, Code: error.code, Message: error.message });
      continue;
    }
    await bucket.remove(Key);
    deleted.push({ Key });
  }
  sendXml(exchange, 'DeleteResult', { Deleted: parsed.data.Delete.Quiet === 'true' ? [] : deleted, Error: errors });
}
