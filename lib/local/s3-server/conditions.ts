import type { ObjectInfo } from './object-file.ts';
import { S3Failure } from './s3-failure.ts';

type Headers = NodeJS.Dict<string[]>;

/** The part of an object to send: first and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Throws PreconditionFailed unless a write's `If-Match` and `If-None-Match` hold for what it would replace. */
export function checkWriteConditions(headers: Headers, existing: ObjectInfo | undefined): void {
  const ifNoneMatch = headers['if-none-match']?.join(',');
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') {
    throw new S3Failure('NotImplemented', 'Writes understand If-None-Match: * only.');
  }
  const ifMatch = headers['if-match']?.join(',');
  if (ifMatch !== undefined && existing === undefined) throw new S3Failure('NoSuchKey', 'There is nothing to match.');
  const holds = ifMatch === undefined || matches(ifMatch, existing?.etag);
  if (!holds || (ifNoneMatch !== undefined && existing !== undefined)) throw failed();
}

/** Checks a read's conditions (RFC 9110 §13): `not-modified`, or undefined when the object may be sent. Throws PreconditionFailed. */
export function checkReadConditions(headers: Headers, info: ObjectInfo): 'not-modified' | undefined {
  const ifMatch = headers['if-match']?.join(',');
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, info.etag)) throw failed();
  } else if (isBefore(headers['if-unmodified-since']?.[0], info)) {
    throw failed();
  }
  const ifNoneMatch = headers['if-none-match']?.join(',');
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, info.etag) ? 'not-modified' : undefined;
  const since = headers['if-modified-since']?.[0];
  return since !== undefined && Date.parse(since) >= wholeSeconds(info) ? 'not-modified' : undefined;
}

/**
 * The range that a read asks for, or undefined where all is to be sent: without a `Range`, with one that isn't a single
 * range of bytes, or where `If-Range` names another version. Throws InvalidRange for what lies past the end.
 */
export function readRange(headers: Headers, info: ObjectInfo): ByteRange | undefined {
  const ifRange = headers['if-range']?.[0]?.trim();
  if (ifRange !== undefined && ifRange !== info.etag && Date.parse(ifRange) !== wholeSeconds(info)) return undefined;
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range?.[0]?.trim() ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const end = info.sizeBytes - 1;
  const first = from === '' ? Math.max(0, info.sizeBytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? end : Math.min(Number(to), end);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (first > end || (from === '' && Number(to) === 0)) {
    throw new S3Failure('InvalidRange', 'The requested range is not satisfiable', {
      'content-range': `bytes */${info.sizeBytes}`,
    });
  }
  return { first, last };
}

function matches(list: string, etag: string | undefined): boolean {
  if (etag === undefined) return false;
  return list.split(',').some((one) => one.trim() === '*' || one.trim() === etag || `"${one.trim()}"` === etag);
}

function isBefore(date: string | undefined, info: ObjectInfo): boolean {
  return date !== undefined && Date.parse(date) < wholeSeconds(info);
}

function wholeSeconds(info: ObjectInfo): number {
  return Math.floor(info.modifiedMs / 1000) * 1000;
}

function failed(): S3Failure {
  return new S3Failure('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}
