import {
  Agent,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { SwarmError } from '../../core/errors.ts';
import { refusalOfRequest } from './request-origin.ts';

/** The way to an embedded chain: it takes calls on loopback from programs of this machine, and none from web pages. */
export interface LoopbackDoor {
  readonly port: number;
  /**
   * Lets requests wait; resolves when those under way are answered, or some seconds later, to the function that lets
   * them go on.
   */
  readonly hold: () => Promise<() => void>;
  readonly close: () => Promise<void>;
}

/** The longest request, as anvil takes it. */
const MAX_BODY_BYTES = 2 * 2 ** 20;
/** How long requests under way are waited for, in milliseconds. */
const ANSWERS_MS = 5000;
/** More than the swarm's agents and commands open. */
const MAX_CONNECTIONS = 512;

/**
 * Opens a door on loopback that passes requests on to an embedded chain, which answers whatever Host it is called by.
 * @param port a free one if 0.
 * @param upstream where the chain itself listens.
 * @throws SwarmError `local/port-in-use`
 */
export async function openLoopbackDoor(
  port: number,
  upstream: { readonly host: string; readonly port: number },
): Promise<LoopbackDoor> {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 30_000 });
  server.maxConnections = MAX_CONNECTIONS;
  let held: Promise<void> | undefined;
  const underWay = new Set<ServerResponse>();
  server.on('request', (incoming, response) => {
    const refusal = refusalOfRequest(incoming);
    if (refusal !== undefined) refuse(response, 403, refusal);
    // The body of another method has no length on the way onward: the chain would take it for requests that nobody looked at.
    else if (incoming.method !== 'POST') refuse(response, 405, 'POST only');
    else if (Number(incoming.headers['content-length'] ?? 0) > MAX_BODY_BYTES) refuse(response, 413, 'it is too large');
    else void (held ?? Promise.resolve()).then(() => passOn(incoming, response));
  });

  function passOn(incoming: IncomingMessage, response: ServerResponse): void {
    if (response.destroyed) return;
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    const onward = request({ ...upstream, method: incoming.method, agent, headers: described(incoming) });
    let sizeBytes = 0;
    incoming.on('data', (part: Buffer) => {
      sizeBytes += part.length;
      if (sizeBytes > MAX_BODY_BYTES) incoming.destroy();
    });
    // Where the chain doesn't answer, a caller sees what it would see without a door: the connection ends.
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, described(answer));
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    response.on('close', () => void (response.writableEnded || onward.destroy()));
    response.on('error', () => onward.destroy());
    incoming.on('error', () => onward.destroy());
    incoming.pipe(onward);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new SwarmError({
          code: 'local/port-in-use',
          disposition: 'stop',
          message: `Port ${port} on 127.0.0.1 is in use, so the embedded chain can't listen there`,
          next: 'Stop what uses it, or choose another with --rpc-port.',
          cause,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    hold: async () => {
      let goOn: () => void = () => undefined;
      held = new Promise((resolve) => {
        goOn = () => {
          held = undefined;
          resolve();
        };
      });
      const answers = [...underWay].map((response) => new Promise((resolve) => response.once('close', resolve)));
      await Promise.race([Promise.all(answers), wait(ANSWERS_MS, undefined, { ref: false })]);
      return goOn;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          agent.destroy();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** What is passed on of the headers of a request or response. */
function described({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const names = ['content-type', 'content-length'] as const;
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

function refuse(response: ServerResponse, status: number, why: string): void {
  const text = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_600, message: `refused: ${why}` } });
  response.on('error', () => undefined);
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(text);
}
