import { createServer } from 'node:net';
import { SwarmError } from '../../core/errors.ts';
import { systemClock } from '../../core/time.ts';
import { createChannel } from './channels.ts';
import { type Connection, type Limits, serve } from './connection.ts';
import { toWire } from './message.ts';
import type { ServerState } from './server-state.ts';

/** Where the server listens and what it allows. Port 0 takes a free one. */
export interface IrcServerOptions {
  readonly host: string;
  readonly port: number;
  /** The channel that is always there; `#karmakadabra` if absent. */
  readonly channel?: string;
  readonly channelTopic?: string;
  /** Connections at once; 200 if absent. */
  readonly maxClients?: number;
  readonly limits?: Partial<Limits>;
  readonly log?: (message: string) => void;
}

/** A running server. `close` says goodbye to everyone and resolves when the port is free. */
export interface IrcServer {
  readonly host: string;
  readonly port: number;
  /** The nicks of those who are connected. */
  readonly nicks: () => readonly string[];
  readonly stats: () => { readonly clients: number; readonly lines: number };
  readonly close: () => Promise<void>;
}

const LIMITS: Limits = {
  registrationMs: 15_000,
  pingMs: 60_000,
  sendQueueBytes: 512 * 1024,
  burstLines: 50,
  linesPerSecond: 20,
};

const CHECK_EVERY_MS = 1000;

/**
 * Starts an IRC server for one machine: RFC 2812's everyday commands, one process, no history, no operators.
 * @throws SwarmError `local/port-in-use` or `local/irc-listen-failed`.
 */
export async function startIrcServer(options: IrcServerOptions): Promise<IrcServer> {
  const limits: Limits = { ...LIMITS, ...options.limits };
  const maxClients = options.maxClients ?? 200;
  const log = options.log ?? (() => undefined);
  const state: ServerState = {
    serverName: 'irc.karmakadabra.local',
    createdAt: systemClock(),
    now: systemClock,
    nicks: new Map(),
    channels: new Map(),
    lines: 0,
  };
  createChannel(state, options.channel ?? '#karmakadabra', toWire(options.channelTopic ?? ''), true);
  const connections = new Set<Connection>();

  const server = createServer({ allowHalfOpen: false }, (socket) => {
    if (connections.size >= maxClients) {
      socket.on('error', () => undefined);
      socket.end(`ERROR :Closing Link: (${maxClients} clients are connected: the server is full)\r\n`, () =>
        socket.destroy(),
      );
      log(`refused a client: ${maxClients} are connected`);
      return;
    }
    const connection = serve(state, socket, limits, () => connections.delete(connection));
    connections.add(connection);
  });
  const port = await listen(server, options);
  const checks = setInterval(
    () => {
      const now = Date.now();
      for (const connection of [...connections]) connection.check(now);
    },
    Math.min(CHECK_EVERY_MS, limits.registrationMs, limits.pingMs),
  );
  checks.unref();
  server.on('error', (error) => log(`the IRC server's socket failed: ${error.message}`));

  let closing: Promise<void> | undefined;
  return {
    host: options.host,
    port,
    nicks: () => [...state.nicks.values()].flatMap(({ nick, registered }) => (registered ? [nick] : [])),
    stats: () => ({ clients: connections.size, lines: state.lines }),
    close: () => {
      closing ??= new Promise((resolve) => {
        clearInterval(checks);
        server.close(() => resolve());
        for (const connection of [...connections]) connection.end('The server is stopping');
      });
      return closing;
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, { host, port }: IrcServerOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once('error', onError);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', onError);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): SwarmError {
  if (error.code === 'EADDRINUSE') {
    return new SwarmError({
      code: 'local/port-in-use',
      disposition: 'stop',
      message: `The IRC server can't listen on ${host}:${port}: the port is in use`,
      next: 'Choose another with --irc-port, leave the option out to take a free one, or end the program that listens there.',
      cause: error,
    });
  }
  return new SwarmError({
    code: 'local/irc-listen-failed',
    disposition: 'stop',
    message: `The IRC server can't listen on ${host}:${port}: ${error.message}`,
    next: 'Choose a host address of this machine and a port above 1023.',
    cause: error,
  });
}
