import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Account } from '../core/hub-accounts.ts';
import { SWARM_CASEMAPPING, sameNick } from '../core/nick.ts';
import type { Authenticator } from './authenticator.ts';
import { type HubCertificate, tlsOptions } from './certificate.ts';
import { createIrcClient, type IrcClient } from './irc-client.ts';
import type { Ngircd } from './ngircd.ts';
import { mayUseNick } from './nick-rules.ts';
import { remoteAddressOf } from './remote-address.ts';

/** The TLS port in front of the IRC server, which only accounts can pass. */
export interface IrcGate {
  readonly server: Server;
  readonly clients: () => number;
  /** Ends the connections of accounts that were removed or shut out, or whose password changed. */
  readonly recheck: () => void;
  readonly stop: () => Promise<void>;
}

/** What {@link createIrcGate} needs. */
export interface IrcGateParts {
  readonly certificate: HubCertificate;
  readonly authenticator: Authenticator;
  readonly ngircd: Ngircd;
  /** Why an account is shut out now; undefined when it isn't. */
  readonly closedReason: (account: Account) => string | undefined;
  readonly log: (line: string) => void;
}

const HANDSHAKE_MS = 10_000;
const MAX_CLIENTS = 1000;
/** The maximum number of unregistered connections of one address. */
const MAX_UNREGISTERED = 50;

/** Creates the gate; its server doesn't listen yet. */
export function createIrcGate({ certificate, authenticator, ngircd, closedReason, log }: IrcGateParts): IrcGate {
  const clients = new Map<IrcClient, string>();
  const isAllowed = (account: Account, nick: string) => mayUseNick(account, nick, authenticator.accounts());

  const unregisteredFrom = (address: string): number => {
    let count = 0;
    for (const [client, from] of clients) if (from === address && client.account() === undefined) count += 1;
    return count;
  };

  const server = createServer({ ...tlsOptions(certificate), handshakeTimeout: HANDSHAKE_MS }, (socket: TLSSocket) => {
    const address = remoteAddressOf(socket);
    if (clients.size >= MAX_CLIENTS || unregisteredFrom(address) >= MAX_UNREGISTERED) return void socket.destroy();
    const client: IrcClient = createIrcClient(socket, {
      upstream: { host: '127.0.0.1', port: ngircd.port, password: ngircd.password },
      signIn: async (name, password) => {
        const signIn = await authenticator.signIn(name, password, address);
        const closed = signIn.result === 'ok' ? closedReason(signIn.account) : undefined;
        if (closed === undefined) return signIn;
        void client.end(closed);
        return { result: 'wrong' };
      },
      mayUseNick: isAllowed,
      // A nick belongs to one account, so another client with it is an earlier connection of the same account.
      releaseNick: async (nick) => {
        const earlier = [...clients.keys()].filter(
          (one) => one !== client && sameNick(one.nick() ?? '', nick, SWARM_CASEMAPPING),
        );
        await Promise.all(earlier.map((one) => one.end('A newer connection has taken your place')));
      },
      onEnd: () => void clients.delete(client),
      log: (line) => log(`irc: ${line} from ${address}`),
    });
    clients.set(client, address);
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.maxConnections = MAX_CLIENTS + MAX_UNREGISTERED;

  return {
    server,
    clients: () => clients.size,
    recheck: () => {
      for (const client of clients.keys()) {
        const account = client.account();
        if (account === undefined) continue;
        const closed = closedReason(account);
        if (closed !== undefined) {
          void client.end(closed);
          continue;
        }
        const now = authenticator.find(account.account);
        if (now?.passwordHash !== account.passwordHash || now.nick !== account.nick)
          void client.end('Your account has changed');
      }
    },
    stop: async () => {
      server.close();
      await Promise.all([...clients.keys()].map((client) => client.end('The hub is restarting')));
    },
  };
}
