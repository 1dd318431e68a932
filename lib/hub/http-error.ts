import type { ServerResponse } from 'node:http';

/** Seconds after which a client that is told to wait asks again. */
const RETRY_AFTER = { 'Retry-After': '5' } as const;

/** A request is refused: the status and the reason, for the client, are the response. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** Responds with a {@link Refusal}. */
export function sendRefusal(response: ServerResponse, { status, message }: Refusal): void {
  sendError(response, status, message, status === 429 || status === 503 ? RETRY_AFTER : {});
}

/** Responds with an error: a status and a reason, which git shows to its user. Reads nothing more of the request. */
export function sendError(
  response: ServerResponse,
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close', ...headers });
  response.end(`${reason}\n`);
}
