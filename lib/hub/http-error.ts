import type { ServerResponse } from 'node:http';

/** A request body is larger than the hub accepts. */
export class ContentTooLarge extends Error {
  override readonly name = 'ContentTooLarge';
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
