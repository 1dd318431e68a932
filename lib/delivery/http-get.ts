import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** A response whose body was not read yet. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

/** An error of the network. Contains nothing of the URL. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/**
 * Sends one GET and returns the response when its headers are there. Follows no redirects, decompresses nothing and keeps
 * no connection, because a stranger chose the server.
 * @throws ConnectionLost, which contains nothing of the URL; the signal's reason on abort.
 */
export function httpGet(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: { readonly signal: AbortSignal; readonly idleTimeoutMs: number },
): Promise<HttpAnswer> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, { headers, agent: false, signal: options.signal, maxHeaderSize: 16_384 });
    request.setTimeout(options.idleTimeoutMs, () =>
      request.destroy(new ConnectionLost('nothing was received in time')),
    );
    request.on('response', (body) => resolve({ status: body.statusCode ?? 0, headers: body.headers, body }));
    request.on('error', (error) => reject(options.signal.aborted ? options.signal.reason : lost(error)));
    // A server that answers with another protocol is hung up on, without a response and without an error.
    request.on('close', () => reject(new ConnectionLost('the server gave no answer')));
    request.end();
  });
}

/** Reduces a network error to its code: messages and properties of Node's errors may contain the request. */
export function lost(error: unknown): ConnectionLost {
  if (error instanceof ConnectionLost) return error;
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'connection lost';
  return new ConnectionLost(code);
}
