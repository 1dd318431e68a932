import type { ServerResponse } from 'node:http';

/** A body that is larger than what is taken. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Answers a request with a status and a reason in plain words, which git shows to the person; cuts off the rest of it. */
export function refuse(
  response: ServerResponse,
  status: number,
  why: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close', ...headers });
  response.end(`${why}\n`);
}
