import type { ObjectHead } from './bucket.ts';
import type { Exchange } from './exchange.ts';
import { S3Failure } from './s3-failure.ts';

const MAX_METADATA_BYTES = 2048;
const MAX_CONTENT_TYPE_CHARACTERS = 255;

/** What a request's headers say about the object it writes. Throws InvalidArgument for metadata over 2 KiB. */
export function objectHeadOf({ target, headers }: Exchange): ObjectHead {
  const metadata: Record<string, string> = {};
  let sizeBytes = 0;
  for (const [name, values] of Object.entries(headers)) {
    if (!name.startsWith('x-amz-meta-')) continue;
    const value = values?.join(',') ?? '';
    metadata[name.slice('x-amz-meta-'.length)] = value;
    sizeBytes += name.length + value.length;
  }
  if (sizeBytes > MAX_METADATA_BYTES) throw new S3Failure('InvalidArgument', 'Metadata has at most 2 KiB.');
  const contentType = headers['content-type']?.[0] ?? 'binary/octet-stream';
  return { key: target.key, contentType: contentType.slice(0, MAX_CONTENT_TYPE_CHARACTERS), metadata };
}
