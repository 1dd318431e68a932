import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Failure } from './s3-failure.ts';

/** A checksum that grows with the bytes. */
export interface RunningChecksum {
  readonly update: (bytes: Buffer) => void;
  readonly base64: () => string;
}

const CREATORS: ReadonlyMap<string, () => RunningChecksum> = new Map([
  ['content-md5', () => hashed('md5')],
  ['x-amz-checksum-crc32', crc],
  ['x-amz-checksum-sha1', () => hashed('sha1')],
  ['x-amz-checksum-sha256', () => hashed('sha256')],
]);

/** Whether a header or trailer states a checksum of the body. */
export function isChecksumName(name: string): boolean {
  return CREATORS.has(name) || /^x-amz-checksum-(?!algorithm$|type$|mode$)/.test(name);
}

/** Creates the checksum that a header or trailer states. Throws NotImplemented for those Node can't compute. */
export function createChecksum(name: string): RunningChecksum {
  const create = CREATORS.get(name);
  if (create === undefined) throw new S3Failure('NotImplemented', `${name} is not supported; use crc32 or sha256.`);
  return create();
}

function hashed(algorithm: string): RunningChecksum {
  const digest = createHash(algorithm);
  return { update: (bytes) => void digest.update(bytes), base64: () => digest.digest('base64') };
}

function crc(): RunningChecksum {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    base64: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}
