import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { formatError } from '../core/errors.ts';
import type { Account } from '../core/hub-accounts.ts';
import type { Authenticator } from './authenticator.ts';
import { type HubCertificate, tlsOptions } from './certificate.ts';
import type { GitHttp, GitService } from './git-http.ts';
import type { PushQueue } from './push-queue.ts';
import { refuse, TooLarge } from './refuse.ts';
import { sourceOf } from './source.ts';

/** What the hub's HTTPS port serves. */
export interface HttpParts {
  readonly certificate: HubCertificate;
  readonly authenticator: Authenticator;
  readonly git: GitHttp;
  readonly pushQueue: PushQueue;
  /** The state of the hub for `/healthz`: a status code and what to say. */
  readonly health: () => Promise<{ readonly status: number; readonly body: unknown }>;
  /** Why pushes are refused for now, such as a full disk; undefined when they aren't. */
  readonly pushFault: () => Promise<string | undefined>;
  readonly log: (line: string) => void;
}

const HEADERS_MS = 10_000;
const REQUEST_MS = 90_000;
const IDLE_MS = 30_000;
const MOST_CONNECTIONS = 600;
const MOST_A_SOURCE = 200;

/** Creates the HTTPS server; it doesn't listen yet. */
export function createHttpServer(parts: HttpParts): Server {
  const server = createServer(
    {
      ...tlsOptions(parts.certificate),
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      maxHeaderSize: 8192,
      handshakeTimeout: HEADERS_MS,
      connectionsCheckingInterval: 2000,
    },
    (request, response) => {
      response.on('error', () => undefined);
      if (!server.listening) return refuse(response, 503, 'The hub is stopping; try again soon.');
      answer(parts, request, response).catch((error: unknown) => {
        if (error instanceof TooLarge) return refuse(response, 413, 'This is more than the hub takes at once.');
        parts.log(`${request.method ?? ''} failed: ${formatError(error)}`);
        refuse(response, 500, 'The hub failed; try again.');
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  const perSource = new Map<string, number>();
  server.on('connection', (socket) => {
    const source = sourceOf(socket as Socket);
    const count = (perSource.get(source) ?? 0) + 1;
    perSource.set(source, count);
    socket.once('close', () => {
      const left = (perSource.get(source) ?? 1) - 1;
      if (left > 0) perSource.set(source, left);
      else perSource.delete(source);
    });
    if (count > MOST_A_SOURCE) socket.destroy();
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** Every address that is answered, as it is written: nothing is decoded, so nothing can be hidden in it. */
const ROUTES: Readonly<
  Record<string, { readonly method: string; readonly service: GitService; readonly isHead: boolean }>
> = {
  '/vault.git/info/refs?service=git-upload-pack': { method: 'GET', service: 'git-upload-pack', isHead: true },
  '/vault.git/info/refs?service=git-receive-pack': { method: 'GET', service: 'git-receive-pack', isHead: true },
  '/vault.git/git-upload-pack': { method: 'POST', service: 'git-upload-pack', isHead: false },
  '/vault.git/git-receive-pack': { method: 'POST', service: 'git-receive-pack', isHead: false },
};

async function answer(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request;
  if (url === '/healthz' && method === 'GET') {
    const { status, body } = await parts.health();
    response.writeHead(status, { 'Content-Type': 'application/json' });
    return void response.end(`${JSON.stringify(body)}\n`);
  }
  const account = await signedIn(parts, request, response);
  if (account === undefined) return;
  if (url === '/turn') return turn(parts.pushQueue, account, request, response);
  const route = Object.hasOwn(ROUTES, url) ? ROUTES[url] : undefined;
  if (route === undefined) return refuse(response, 404, 'There is only /vault.git here.');
  if (route.method !== method) return refuse(response, 405, `Only ${route.method} is answered here.`);
  if (route.service === 'git-receive-pack') {
    const fault = await parts.pushFault();
    if (fault !== undefined) return refuse(response, 507, fault);
  }
  if (route.isHead) return parts.git.advertise(route.service, request, response);
  const type = `application/x-${route.service}-request`;
  if (request.headers['content-type'] !== type) return refuse(response, 415, `Only ${type} is taken here.`);
  return parts.git.serve(route.service, account, request, response);
}

async function signedIn(
  { authenticator, log }: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Account | undefined> {
  const ask = { 'WWW-Authenticate': 'Basic realm="vault", charset="UTF-8"' };
  const encoded = /^Basic ([A-Za-z0-9+/]{1,1000}={0,2})$/i.exec(request.headers.authorization ?? '')?.[1];
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  if (name === undefined || password === undefined) {
    refuse(response, 401, 'The vault is open to its accounts only.', ask);
    return undefined;
  }
  const source = sourceOf(request.socket);
  const signIn = await authenticator.signIn(name, password, source);
  if (signIn.result === 'ok') return signIn.account;
  log(`git: ${signIn.result} password for ${JSON.stringify(name.slice(0, 40))} from ${source}`);
  if (signIn.result === 'busy')
    refuse(response, 429, 'Too many wrong passwords; wait a minute.', { 'Retry-After': '60' });
  else refuse(response, 401, 'Wrong account or password.', ask);
  return undefined;
}

/** `POST /turn` answers 200 once it is the account's turn, 204 when it didn't come in time; `DELETE /turn` ends it. */
async function turn(
  queue: PushQueue,
  account: Account,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  if (request.method === 'DELETE') {
    queue.release(account.account);
    return void response.writeHead(204).end();
  }
  if (request.method !== 'POST') return refuse(response, 405, 'POST asks for a turn, DELETE ends it.');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const hasTurn = await queue.waitForTurn(account.account, gone.signal);
  if (hasTurn && gone.signal.aborted) return queue.release(account.account);
  response.writeHead(hasTurn ? 200 : 204).end();
}
