import type { Exchange } from './exchange.ts';
import { createBucket, deleteObjects, headBucket, listObjects } from './handle-bucket.ts';
import { deleteObject, getObject, putObject } from './handle-object.ts';
import { S3Failure } from './s3-failure.ts';

type Handle = (exchange: Exchange) => Promise<void>;

interface Operation {
  readonly method: string;
  readonly on: 'bucket' | 'object';
  /** Query names that must be there. */
  readonly needs: readonly string[];
  /** Query names that may be there. Any other says that another operation is meant. */
  readonly takes: readonly string[];
  readonly handle: Handle;
}

const LIST_PARAMETERS = ['prefix', 'delimiter', 'max-keys', 'start-after', 'continuation-token', 'encoding-type'];

const OPERATIONS: readonly Operation[] = [
  { method: 'PUT', on: 'object', needs: [], takes: [], handle: putObject },
  { method: 'GET', on: 'object', needs: [], takes: [], handle: getObject },
  { method: 'HEAD', on: 'object', needs: [], takes: [], handle: getObject },
  { method: 'DELETE', on: 'object', needs: [], takes: [], handle: deleteObject },
  { method: 'PUT', on: 'bucket', needs: [], takes: [], handle: createBucket },
  { method: 'HEAD', on: 'bucket', needs: [], takes: [], handle: headBucket },
  {
    method: 'GET',
    on: 'bucket',
    needs: ['list-type'],
    takes: [...LIST_PARAMETERS, 'fetch-owner'],
    handle: listObjects,
  },
  { method: 'POST', on: 'bucket', needs: ['delete'], takes: [], handle: deleteObjects },
];

/** Finds what a request asks for. Throws NotImplemented for operations of S3 that this server doesn't have. */
export function route(exchange: Exchange): Handle {
  const { target, headers, request } = exchange;
  const on = target.key === '' ? 'bucket' : 'object';
  const names = target.query.map(([name]) => name).filter((name) => name !== 'x-id' && !/^x-amz-/i.test(name));
  const operation = OPERATIONS.find(
    ({ method, needs, takes, ...candidate }) =>
      method === request.method &&
      candidate.on === on &&
      needs.every((name) => names.includes(name)) &&
      names.every((name) => needs.includes(name) || takes.includes(name)),
  );
  if (operation === undefined || target.bucket === '' || headers['x-amz-copy-source'] !== undefined) {
    throw new S3Failure('NotImplemented', 'This server does not have that operation.');
  }
  return operation.handle;
}
