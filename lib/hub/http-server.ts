import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { formatError } from '../core/errors.ts';
import type { Account } from '../core/hub-accounts.ts';
import type { Authenticator } from './authenticator.ts';
import { type HubCertificate, tlsOptions } from './certificate.ts';
import type { Conduct } from './conduct.ts';
import { type ConnectionGuard, guardConnections } from './connection-guard.ts';
import type { GitHttp, GitService } from './git-http.ts';
import { Refusal, sendError, sendRefusal } from './http-error.ts';
import type { PushQueue } from './push-queue.ts';
import { remoteAddressOf } from './remote-address.ts';

/** What the hub's HTTPS port serves. */
export interface HttpParts {
  readonly certificate: HubCertificate;
  readonly authenticator: Authenticator;
  /** Why an account is shut out now; undefined when it isn't. */
  readonly closedReason: (account: Account) => string | undefined;
  readonly git: GitHttp;
  readonly conduct: Conduct;
  readonly pushQueue: PushQueue;
  /** The response of `/healthz`: a status code and a JSON body. */
  readonly health: () => Promise<{ readonly status: number; readonly body: unknown }>;
  /** Why no push is accepted now (a full disk), for the pusher; undefined when pushes are accepted. */
  readonly diskError: () => Promise<string | undefined>;
  readonly log: (line: string) => void;
}

const HEADERS_MS = 10_000;
const REQUEST_MS = 90_000;
const IDLE_MS = 30_000;

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
      if (!server.listening) return sendError(response, 503, 'The hub is stopping; try again soon.');
      answer(parts, guard, request, response).catch((error: unknown) => {
        if (error instanceof Refusal) return sendRefusal(response, error);
        parts.log(`${request.method ?? ''} failed: ${formatError(error)}`);
        sendError(response, 500, 'The hub failed; try again.');
      });
    },
  );
  const guard = guardConnections(server);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** Every path that is served. Paths are compared as sent: an encoded path is not decoded and not found. */
const ROUTES: Readonly<
  Record<string, { readonly method: string; readonly service: GitService; readonly isHead: boolean }>
> = {
  '/vault.git/info/refs?service=git-upload-pack': { method: 'GET', service: 'git-upload-pack', isHead: true },
  '/vault.git/info/refs?service=git-receive-pack': { method: 'GET', service: 'git-receive-pack', isHead: true },
  '/vault.git/git-upload-pack': { method: 'POST', service: 'git-upload-pack', isHead: false },
  '/vault.git/git-receive-pack': { method: 'POST', service: 'git-receive-pack', isHead: false },
};

async function answer(
  parts: HttpParts,
  guard: ConnectionGuard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = request;
  if (url === '/healthz' && method === 'GET') {
    const { status, body } = await parts.health();
    response.writeHead(status, { 'Content-Type': 'application/json' });
    return void response.end(`${JSON.stringify(body)}\n`);
  }
  const account = await signedIn(parts, request, response);
  if (account === undefined) return;
  const closed = parts.closedReason(account);
  if (closed !== undefined) return sendError(response, 403, closed);
  if (!guard.signedIn(request.socket, account.account)) {
    parts.conduct.note(account.account, 'refused');
    return sendRefusal(response, new Refusal(429, `${account.account} has too many connections; close some.`));
  }
  if (url === '/turn') return turn(parts.pushQueue, account, request, response);
  const route = Object.hasOwn(ROUTES, url) ? ROUTES[url] : undefined;
  if (route === undefined) return sendError(response, 404, 'There is only /vault.git here.');
  if (route.method !== method) return sendError(response, 405, `Only ${route.method} is allowed here.`);
  if (route.service === 'git-receive-pack') {
    const error = await parts.diskError();
    if (error !== undefined) return sendError(response, 507, error);
  }
  const asked = { service: route.service, account, request, response };
  const serve = route.isHead ? parts.git.advertise : parts.git.serve;
  const type = `application/x-${route.service}-request`;
  if (!route.isHead && request.headers['content-type'] !== type)
    return sendError(response, 415, `Only ${type} is accepted here.`);
  try {
    await serve(asked);
  } catch (error) {
    if (error instanceof Refusal) parts.conduct.note(account.account, error.status === 408 ? 'cut' : 'refused');
    throw error;
  }
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
    sendError(response, 401, 'The vault is open to its accounts only.', ask);
    return undefined;
  }
  const address = remoteAddressOf(request.socket);
  const signIn = await authenticator.signIn(name, password, address);
  if (signIn.result === 'ok') return signIn.account;
  log(`git: ${signIn.result} password for ${JSON.stringify(name.slice(0, 40))} from ${address}`);
  if (signIn.result === 'busy')
    sendRefusal(response, new Refusal(429, 'Too many wrong passwords wait for their check; try again.'));
  else sendError(response, 401, 'Wrong account or password.', ask);
  return undefined;
}

/** `POST /turn` responds 200 once it is the account's turn, 204 when it didn't come in time; `DELETE /turn` ends the turn. */
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
  if (request.method !== 'POST') return sendError(response, 405, 'POST asks for a turn, DELETE ends it.');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const hasTurn = await queue.waitForTurn(account.account, gone.signal);
  if (hasTurn && gone.signal.aborted) return queue.release(account.account);
  response.writeHead(hasTurn ? 200 : 204).end();
}
