import { appendFileSync } from 'node:fs';
import { type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** One request that came to the cloud: who asked (by address and by key) for what. */
export const seenSchema = z.strictObject({
  from: z.string(),
  host: z.string(),
  method: z.string(),
  path: z.string(),
  accessKeyId: z.string(),
  /** The action, where the protocol has it in a header. */
  target: z.string(),
});
export type Seen = z.output<typeof seenSchema>;

/** Something that serves on loopback of the cloud; `calledAs` where it answers to that name only. */
export type Upstream = { readonly port: number; readonly calledAs?: string } | { readonly socketPath: string };

/** Passes each request on to what its host name stands for, as it is, and writes down that it came. */
export function createFront(upstreamOf: (host: string) => Upstream, logFile: string): RequestListener {
  return (incoming, outgoing) => {
    const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
    appendFileSync(logFile, `${JSON.stringify(describe(host, incoming))}\n`);
    pass(upstreamOf(host), incoming, outgoing);
  };
}

/** Passes a request on and its answer back. */
function pass(upstream: Upstream, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method = 'GET', url = '/' } = incoming;
  const { calledAs, ...to } = { calledAs: undefined, ...upstream };
  const headers = calledAs === undefined ? incoming.headers : { ...incoming.headers, host: calledAs };
  const onward = request({ host: '127.0.0.1', ...to, method, path: url, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
  });
  onward.on('error', (cause) => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end(String(cause));
  });
  incoming.on('error', () => onward.destroy());
  incoming.pipe(onward);
}

function describe(host: string, incoming: IncomingMessage): Seen {
  const { method = '', url = '', headers, socket } = incoming;
  const target = headers['x-amz-target'];
  return {
    from: socket.remoteAddress ?? '',
    host,
    method,
    path: (url.split('?')[0] ?? '').slice(0, 200),
    accessKeyId: /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '',
    target: typeof target === 'string' ? target : '',
  };
}
