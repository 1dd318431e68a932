import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticated } from './authenticate.ts';
import { readBody, readTextBody } from './body.ts';
import { S3Failure } from './s3-failure.ts';
import type { Storage } from './storage.ts';
import type { Target } from './target.ts';
import { buildXml, type XmlFields } from './xml.ts';

/** An authenticated request and its response. */
export interface Exchange {
  readonly storage: Storage;
  readonly target: Target;
  readonly headers: NodeJS.Dict<string[]>;
  readonly authenticated: Authenticated;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly maxObjectBytes: number;
}

const MAX_TEXT_BYTES = 1024 * 1024;

/** The one value of a query parameter, or undefined. */
export function queryValue({ target }: Pick<Exchange, 'target'>, name: string): string | undefined {
  return target.query.find(([given]) => given === name)?.[1];
}

/** A whole number in the query between bounds; `fallback` where absent. Throws InvalidArgument. */
export function queryNumber(
  exchange: Exchange,
  name: string,
  bounds: { readonly min: number; readonly max: number; readonly fallback?: number },
): number {
  const text = queryValue(exchange, name);
  if (text === undefined && bounds.fallback !== undefined) return bounds.fallback;
  const value = /^\d{1,9}$/.test(text ?? '') ? Number(text) : -1;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw new S3Failure('InvalidArgument', `${name} must be between ${bounds.min} and ${bounds.max}.`);
}

/** The body's decoded bytes, checked at the end; see {@link readBody}. */
export function bodyOf(exchange: Exchange): AsyncIterable<Buffer> {
  return readBody(bodyInput(exchange, exchange.maxObjectBytes));
}

/** A body of at most 1 MiB as text. */
export function textBodyOf(exchange: Exchange): Promise<string> {
  return readTextBody(bodyInput(exchange, MAX_TEXT_BYTES));
}

/** Answers with headers and no body. */
export function sendEmpty(
  { response }: Exchange,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': '0' }) });
  response.end();
}

/** Answers with an XML document. */
export function sendXml({ response }: Exchange, root: string, fields: XmlFields): void {
  const text = buildXml(root, fields);
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function bodyInput({ request, response, headers, authenticated }: Exchange, maxBytes: number) {
  return { source: received(request, response), headers, authenticated, maxBytes };
}

// Clients that send `Expect: 100-continue` are told to go on only now, when the request is known to be allowed.
async function* received(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Buffer> {
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  const source: AsyncIterable<Buffer> = request;
  try {
    yield* source;
  } catch {
    throw new S3Failure('IncompleteBody', 'The connection ended before the body did.');
  }
}
