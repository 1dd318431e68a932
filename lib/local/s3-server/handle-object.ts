import { pipeline } from 'node:stream/promises';
import { requirePrefix } from './access-key.ts';
import { checkReadConditions, checkWriteConditions, readRange } from './conditions.ts';
import { bodyOf, type Exchange, sendEmpty } from './exchange.ts';
import type { ObjectInfo } from './object-file.ts';
import { objectHeadOf } from './object-head.ts';
import { S3Failure } from './s3-failure.ts';

/** PutObject. */
export async function putObject(exchange: Exchange): Promise<void> {
  const { storage, target, headers, authenticated } = exchange;
  const bucket = storage.bucket(target.bucket);
  requirePrefix(authenticated.accessKey, target.key);
  const allow = (existing: ObjectInfo | undefined): void => checkWriteConditions(headers, existing);
  // Asked now too, so that a hopeless upload isn't read first.
  allow(bucket.info(target.key));
  const info = await bucket.put(objectHeadOf(exchange), bodyOf(exchange), allow);
  sendEmpty(exchange, 200, { etag: info.etag });
}

/** GetObject and HeadObject, with conditions and one range. */
export async function getObject(exchange: Exchange): Promise<void> {
  const { storage, target, headers, authenticated, request, response } = exchange;
  const bucket = storage.bucket(target.bucket);
  requirePrefix(authenticated.accessKey, target.key);
  const opened = await bucket.open(target.key);
  if (opened === undefined) throw new S3Failure('NoSuchKey', 'The specified key does not exist.');
  const { info, file } = opened;
  try {
    const common = commonHeaders(info);
    if (checkReadConditions(headers, info) === 'not-modified') {
      response.writeHead(304, common);
      response.end();
      return;
    }
    const range = readRange(headers, info);
    const first = range?.first ?? 0;
    const last = range?.last ?? info.sizeBytes - 1;
    response.writeHead(range === undefined ? 200 : 206, {
      ...common,
      'content-type': info.contentType,
      'content-length': last - first + 1,
      ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${info.sizeBytes}` }),
      ...Object.fromEntries(Object.entries(info.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    });
    if (request.method === 'HEAD' || last < first) response.end();
    else await pipeline(file.createReadStream({ start: first, end: last, autoClose: false }), response);
  } finally {
    await file.close();
  }
}

/** DeleteObject: no error where there is none. */
export async function deleteObject(exchange: Exchange): Promise<void> {
  const { storage, target, authenticated } = exchange;
  const bucket = storage.bucket(target.bucket);
  requirePrefix(authenticated.accessKey, target.key);
  await bucket.remove(target.key);
  sendEmpty(exchange, 204);
}

function commonHeaders(info: ObjectInfo): Record<string, string> {
  return { etag: info.etag, 'last-modified': new Date(info.modifiedMs).toUTCString(), 'accept-ranges': 'bytes' };
}
