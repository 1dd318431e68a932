import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SwarmError } from '../../core/errors.ts';
import type { AccessKey } from './access-key.ts';
import { authenticate } from './authenticate.ts';
import { route } from './route.ts';
import { formatFailure, S3Failure } from './s3-failure.ts';
import { openStorage, type Storage } from './storage.ts';
import { parseTarget } from './target.ts';

/** How to run an S3 server on one machine. */
export interface S3ServerOptions {
  /** Holds one folder a bucket; created where missing. */
  readonly dir: string;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly accessKeys: readonly AccessKey[];
  readonly region?: string;
  readonly maxObjectBytes?: number;
  /** Told one line about each request that failed and each damaged file; never a signature or a query. */
  readonly log?: (line: string) => void;
  /** Milliseconds since 1970, for signatures and expiry. */
  readonly nowMs?: () => number;
}

/** A running server. */
export interface S3Server {
  /** As in `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  readonly port: number;
  /** Ends all connections and frees the port. */
  readonly close: () => Promise<void>;
}

interface Context {
  readonly storage: Storage;
  readonly accessKeys: readonly AccessKey[];
  readonly region: string;
  readonly maxObjectBytes: number;
  readonly log: (line: string) => void;
  readonly nowMs: () => number;
}

/** The region that the server expects in signatures unless told otherwise. */
const DEFAULT_REGION = 'us-east-1';
const DEFAULT_MAX_OBJECT_BYTES = 5 * 1024 ** 3;

/**
 * Starts an S3 server for one machine: path style, SigV4 in headers and presigned, everything durable before it is
 * confirmed. Every request must be signed by one of the access keys.
 * @throws SwarmError `local/port-in-use` (stop).
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  // The timeouts close slow and stalled connections; no normal client on one machine is that slow.
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 600_000,
    keepAliveTimeout: 30_000,
    connectionsCheckingInterval: 2_000,
  });
  server.setTimeout(30_000);
  server.maxConnections = 1024;
  const host = options.host ?? '127.0.0.1';
  // The port is opened first: a process that already has it may be using the same folder.
  const ready = new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailed(error, host, options.port ?? 0)));
    server.listen(options.port ?? 0, host, resolve);
  }).then(() => openContext(options));
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void ready.then((context) => serve(request, response, context));
  };
  server.on('request', answer);
  server.on('checkContinue', answer);
  try {
    await ready;
  } catch (error) {
    server.close();
    server.closeAllConnections();
    throw error;
  }
  const { port } = addressOf(server.address());
  return {
    endpoint: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function openContext(options: S3ServerOptions): Promise<Context> {
  const log = options.log ?? (() => undefined);
  const nowMs = options.nowMs ?? Date.now;
  return {
    storage: await openStorage(options.dir, {
      nowMs,
      onDamaged: (path) => log(`s3: left a damaged file alone: ${path}`),
    }),
    accessKeys: options.accessKeys,
    region: options.region ?? DEFAULT_REGION,
    maxObjectBytes: options.maxObjectBytes ?? DEFAULT_MAX_OBJECT_BYTES,
    log,
    nowMs,
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const requestId = randomUUID();
  response.setHeader('x-amz-request-id', requestId);
  response.on('error', () => undefined);
  const url = request.url ?? '/';
  const path = url.split('?', 1)[0] ?? '/';
  try {
    const target = parseTarget(url);
    const headers = request.headersDistinct;
    const signed = { method: request.method ?? '', target, headers };
    const authenticated = authenticate(signed, { ...context, nowMs: context.nowMs() });
    const exchange = { ...context, target, headers, authenticated, request, response };
    await route(exchange)(exchange);
  } catch (error) {
    const failure =
      error instanceof S3Failure ? error : new S3Failure('InternalError', 'We encountered an internal error.');
    if (response.headersSent) {
      // Too late for an error document: only a broken connection tells the client that this isn't the whole.
      request.socket.destroy();
    } else {
      sendFailure(request, response, failure, formatFailure(failure, path, requestId));
    }
    if (failure.code === 'InternalError' || failure.status === 403) {
      const reason = failure.code === 'InternalError' && error instanceof Error ? `: ${error.message}` : '';
      context.log(`s3: ${request.method} ${JSON.stringify(path.slice(0, 200))} ${failure.code}${reason}`);
    }
  }
}

function sendFailure(request: IncomingMessage, response: ServerResponse, failure: S3Failure, text: string): void {
  const withBody = request.method !== 'HEAD';
  response.writeHead(failure.status, {
    ...failure.headers,
    'content-type': 'application/xml',
    ...(withBody ? { 'content-length': Buffer.byteLength(text) } : {}),
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(withBody ? text : undefined);
  if (request.complete) return;
  // Lets the client read the answer before the rest of its body is cut off.
  request.on('error', () => undefined);
  request.resume();
  setTimeout(() => request.destroy(), 1_000).unref();
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  return address;
}

function listenFailed(error: Error, host: string, port: number): Error {
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error;
  return new SwarmError({
    code: 'local/port-in-use',
    disposition: 'stop',
    message: `Port ${port} on ${host} is in use, so the S3 server can't listen there`,
    next: 'Stop what uses it, or choose another with --s3-port (0 takes a free one).',
  });
}
