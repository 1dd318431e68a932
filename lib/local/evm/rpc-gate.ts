import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { type CallerShare, shareAmongCallers } from './caller-shares.ts';
import { refusalOfRequest } from './request-origin.ts';
import { isServed } from './rpc-methods.ts';

/** The gate's address and the chain behind it. */
export interface RpcGateOptions {
  readonly host: string;
  readonly port: number;
  readonly upstream: string;
  /** What its clients call this host besides loopback, in lower case, as in `chain`. */
  readonly names: readonly string[];
}

/** A running gate. */
export interface RpcGate {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const MAX_BODY_BYTES = 2 * 2 ** 20;
const UPSTREAM_MS = 20_000;
/** The swarm's own clients send at most 100 calls in one batch. */
const MAX_BATCH = 100;
/** JSON-RPC 2.0 §5.1, and EIP-1474 for the limit. */
const ERRORS = { parse: -32_700, invalid: -32_600, unknownMethod: -32_601, internal: -32_603, limit: -32_005 } as const;

const id = z.union([z.number(), z.string(), z.null()]).default(null);
const call = z.object({ id, method: z.string().max(100), params: z.unknown().optional() });
type Call = z.output<typeof call>;

/**
 * Starts a proxy in front of an embedded chain that forwards only the methods of {@link isServed}, singly or in batches,
 * and nothing that a web page asks. One address has a part of it only.
 * `GET /healthz` returns 200 while the chain answers.
 */
export async function startRpcGate({ host, port, upstream, names }: RpcGateOptions): Promise<RpcGate> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 30_000 });
  server.maxConnections = 1024;
  const shares = shareAmongCallers(server);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOfRequest(request, names);
    if (refusal !== undefined) {
      send(response, 403, failure(null, ERRORS.invalid, `refused: ${refusal}`));
      return;
    }
    const share = shares.begin(request.socket.remoteAddress ?? '');
    if (share === undefined) {
      send(response, 429, failure(null, ERRORS.limit, 'too many requests of one address at a time'));
      return;
    }
    const closed = new Promise((resolve) => response.once('close', resolve));
    answer(request, upstream, share)
      .then(
        ({ status, body }) => send(response, status, body),
        () => send(response, 502, failure(null, ERRORS.internal, 'the chain did not answer')),
      )
      // A caller that takes no answer uses up its own part, and so does one that leaves before the chain has answered.
      .finally(() => closed)
      .finally(share.end);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function answer(request: IncomingMessage, upstream: string, share: CallerShare): Promise<Answer> {
  if (request.method === 'GET' && request.url === '/healthz') {
    await share.forward(() => forward(upstream, { jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }));
    return { status: 200, body: { status: 'ok' } };
  }
  if (request.method !== 'POST') return { status: 405, body: failure(null, ERRORS.invalid, 'POST only') };
  const text = await bodyOf(request, share);
  if (text === undefined) return { status: 413, body: failure(null, ERRORS.invalid, 'the request is too large') };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { status: 400, body: failure(null, ERRORS.parse, 'not JSON') };
  }
  const isBatch = Array.isArray(value);
  const parsed = z
    .array(call)
    .min(1)
    .max(MAX_BATCH)
    .safeParse(isBatch ? value : [value]);
  if (!parsed.success) return { status: 400, body: failure(null, ERRORS.invalid, 'not a JSON-RPC request') };
  const answers = await share.forward(() => answerAll(parsed.data, upstream));
  return { status: 200, body: isBatch ? answers : answers[0] };
}

async function answerAll(calls: readonly Call[], upstream: string): Promise<readonly unknown[]> {
  const served = calls.filter(({ method }) => isServed(method));
  const refused = calls.filter(({ method }) => !isServed(method));
  const requests = served.map(({ id, method, params }) => ({
    jsonrpc: '2.0',
    id,
    method,
    ...(params === undefined ? {} : { params }),
  }));
  const answers = requests.length === 0 ? [] : await forward(upstream, requests);
  return [
    ...z.array(z.unknown()).parse(answers),
    ...refused.map((one) => failure(one.id, ERRORS.unknownMethod, `${one.method} is not served here`)),
  ];
}

async function forward(upstream: string, body: unknown): Promise<unknown> {
  const response = await fetch(upstream, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(UPSTREAM_MS),
  });
  return response.json();
}

async function bodyOf(request: IncomingMessage, share: CallerShare): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  // What is refused is not read to its end, and its sender is told.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    parts.push(part as Buffer);
    sizeBytes += (part as Buffer).length;
    if (!share.received((part as Buffer).length) || sizeBytes > MAX_BODY_BYTES) return undefined;
  }
  return Buffer.concat(parts).toString('utf8');
}

function failure(id: Call['id'], code: number, message: string): unknown {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.on('error', () => undefined);
  if (status === 413 || status === 429) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
