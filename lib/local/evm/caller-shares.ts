import type { Server, Socket } from 'node:net';
import pLimit, { type LimitFunction } from 'p-limit';

/** What one address has of a server at a time, so that one container that attacks leaves room for the others. */
export const CALLER_BOUNDS = {
  /** An agent opens about ten. */
  connections: 64,
  /** Requests that are received, wait or run: on one connection many can follow without waiting for an answer. */
  requests: 32,
  /** Bytes of the bodies of those requests. A call has some hundred, the deployment of a contract 30,000. */
  bodyBytes: 4 * 2 ** 20,
  /** Requests that the chain works on. The others wait for their turn. */
  forwarded: 4,
} as const;

/** Shares a server among the addresses that call it. */
export interface CallerShares {
  /** Begins a request; undefined if its address has too many. */
  readonly begin: (address: string) => CallerShare | undefined;
}

/** One request's part of what its address has. */
export interface CallerShare {
  /** Counts bytes of its body; false once its address has too many. */
  readonly received: (bytes: number) => boolean;
  /** Runs what the chain works on when its turn comes. */
  readonly forward: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** Gives everything back. */
  readonly end: () => void;
}

interface Caller {
  connections: number;
  requests: number;
  bodyBytes: number;
  readonly turns: LimitFunction;
}

/** Bounds what each address has of a server, from its connections on: those over the bound are closed. */
export function shareAmongCallers(server: Server, bounds: typeof CALLER_BOUNDS = CALLER_BOUNDS): CallerShares {
  const callers = new Map<string, Caller>();

  function callerOf(address: string): Caller {
    const known = callers.get(address);
    if (known !== undefined) return known;
    const caller = { connections: 0, requests: 0, bodyBytes: 0, turns: pLimit(bounds.forwarded) };
    callers.set(address, caller);
    return caller;
  }

  function forgetIdle(address: string, { connections, requests }: Caller): void {
    if (connections === 0 && requests === 0) callers.delete(address);
  }

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const caller = callerOf(address);
    if (caller.connections >= bounds.connections) return void socket.destroy();
    caller.connections += 1;
    socket.once('close', () => {
      caller.connections -= 1;
      forgetIdle(address, caller);
    });
  });

  return {
    begin: (address) => {
      const caller = callerOf(address);
      if (caller.requests >= bounds.requests) return undefined;
      caller.requests += 1;
      let ownBytes = 0;
      let hasEnded = false;
      return {
        received: (bytes) => {
          ownBytes += bytes;
          caller.bodyBytes += bytes;
          return caller.bodyBytes <= bounds.bodyBytes;
        },
        forward: (work) => caller.turns(work),
        end: () => {
          if (hasEnded) return;
          hasEnded = true;
          caller.requests -= 1;
          caller.bodyBytes -= ownBytes;
          forgetIdle(address, caller);
        },
      };
    },
  };
}
