import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Account } from '../core/hub-accounts.ts';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';
import { SWARM_CASEMAPPING, sameNick } from '../core/nick.ts';
import { createTokenBucket, type TokenBucket } from '../core/token-bucket.ts';
import type { Authenticator } from './authenticator.ts';
import { type HubCertificate, tlsOptions } from './certificate.ts';
import { guardConnections } from './connection-guard.ts';
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
const { channelLines, channelSignIns } = HUB_BOUNDS;
const bucketOf = ({ burst, everyMs }: { readonly burst: number; readonly everyMs: number }) =>
  createTokenBucket(burst, everyMs);

/** Creates the gate; its server doesn't listen yet. */
export function createIrcGate({ certificate, authenticator, ngircd, closedReason, log }: IrcGateParts): IrcGate {
  const clients = new Set<IrcClient>();
  const isAllowed = (account: Account, nick: string) => mayUseNick(account, nick, authenticator.accounts());

  /** They outlive connections, so that who connects anew has no new burst. There are as many as accounts have been seen. */
  const rates = new Map<string, { readonly lines: TokenBucket; readonly signIns: TokenBucket }>();
  const ratesOf = (account: string) => {
    const known = rates.get(account) ?? { lines: bucketOf(channelLines), signIns: bucketOf(channelSignIns) };
    rates.set(account, known);
    return known;
  };

  /** Why an account that has signed in may not enter the channel now. */
  function refusalOf(account: Account, socket: TLSSocket): string | undefined {
    const { account: name } = account;
    const closed = closedReason(account);
    if (closed !== undefined) return closed;
    if (!guard.signedIn(socket, name)) return `${name} has too many connections`;
    return ratesOf(name).signIns.take(performance.now()) > 0 ? 'You connect too often; wait a minute' : undefined;
  }

  const server = createServer({ ...tlsOptions(certificate), handshakeTimeout: HANDSHAKE_MS }, (socket: TLSSocket) => {
    const address = remoteAddressOf(socket);
    const client: IrcClient = createIrcClient(socket, {
      upstream: { host: '127.0.0.1', port: ngircd.port, password: ngircd.password },
      signIn: (name, password) => authenticator.signIn(name, password, address),
      mayUseNick: isAllowed,
      refusalOf: (account) => refusalOf(account, socket),
      linesOf: (account) => ratesOf(account).lines,
      // A nick belongs to one account, so another client with it is an earlier connection of the same account.
      releaseNick: async (nick) => {
        const earlier = [...clients].filter(
          (one) => one !== client && sameNick(one.nick() ?? '', nick, SWARM_CASEMAPPING),
        );
        await Promise.all(earlier.map((one) => one.end('A newer connection has taken your place')));
      },
      onEnd: () => void clients.delete(client),
      log: (line) => log(`irc: ${line} from ${address}`),
    });
    clients.add(client);
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const guard = guardConnections(server);

  return {
    server,
    clients: () => clients.size,
    recheck: () => {
      for (const client of clients) {
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
      await Promise.all([...clients].map((client) => client.end('The hub is restarting')));
    },
  };
}
