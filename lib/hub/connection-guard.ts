import type { Server, Socket } from 'node:net';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';
import { remoteAddressOf } from './remote-address.ts';

/** Bounds the connections of a server, so that one account or address leaves room for the others. */
export interface ConnectionGuard {
  /** Called when a connection has signed in. False, and not counted, when the account has too many. */
  readonly signedIn: (socket: Peer, account: string) => boolean;
}

/** How many connections a server has. */
export interface ConnectionBounds {
  readonly all: number;
  readonly ofAccount: number;
  /** Those of one address that haven't signed in. A host of a whole fleet comes from one. */
  readonly unknownOfAddress: number;
}

/** A connection's other end: the TCP socket and the TLS socket over it have the same. */
type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>;

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  account: string | undefined;
}

/**
 * Guards a TLS server from its TCP connections on. Where there are too many, the oldest that hasn't signed in is closed, and not
 * the newest refused: who has a password signs in within a moment, whatever others hold open.
 */
export function guardConnections(server: Server, bounds: ConnectionBounds = HUB_BOUNDS.connections): ConnectionGuard {
  const connections = new Map<string, Connection>();
  const idOf = ({ remoteAddress, remotePort }: Peer) => `${remoteAddress ?? ''} ${remotePort ?? ''}`;

  /** Closes the oldest connection that hasn't signed in, of those that match; false when there is none. */
  function closeOldest(matches: (one: Connection) => boolean): boolean {
    for (const [id, one] of connections) {
      if (one.account !== undefined || !matches(one)) continue;
      connections.delete(id);
      one.socket.destroy();
      return true;
    }
    return false;
  }

  server.on('connection', (socket: Socket) => {
    const id = idOf(socket);
    const address = remoteAddressOf(socket);
    let unknown = 0;
    for (const one of connections.values()) if (one.account === undefined && one.address === address) unknown += 1;
    if (unknown >= bounds.unknownOfAddress) closeOldest((one) => one.address === address);
    if (connections.size >= bounds.all && !closeOldest(() => true)) return void socket.destroy();
    const connection: Connection = { socket, address, account: undefined };
    connections.set(id, connection);
    socket.once('close', () => {
      if (connections.get(id) === connection) connections.delete(id);
    });
  });

  return {
    signedIn: (socket, account) => {
      const connection = connections.get(idOf(socket));
      if (connection === undefined) return false;
      if (connection.account === account) return true;
      let count = 0;
      for (const one of connections.values()) if (one.account === account) count += 1;
      if (count >= bounds.ofAccount) return false;
      connection.account = account;
      return true;
    },
  };
}
