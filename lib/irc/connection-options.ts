import { isIP } from 'node:net';
import type { HeardLine } from '../core/channel.ts';
import { SwarmError } from '../core/errors.ts';
import type { Backoff } from './backoff.ts';
import type { LineReader } from './heard-line.ts';
import type { OutboxOptions } from './outbox.ts';
import type { SessionOptions } from './session.ts';

/** The server, the channel, the nick and the timing of a connection. */
export interface ChannelOptions {
  readonly host: string;
  readonly port: number;
  /** TLS with the server's certificate verified, against `ca` (PEM) where given. */
  readonly tls?: boolean | { readonly ca?: string };
  readonly nick: string;
  readonly channel: string;
  /** Used when the server offers SASL, and only over TLS or on this machine. */
  readonly sasl?: { readonly account: string; readonly password: string };
  readonly log?: (message: string) => void;
  /** Called for each received line; the line can also be drained. */
  readonly onLine?: (line: HeardLine) => void;
  readonly signal?: AbortSignal;
  readonly outbox?: Partial<OutboxOptions>;
  readonly backoff?: Partial<Backoff>;
  readonly timing?: Partial<Pick<SessionOptions, 'connectTimeoutMs' | 'pingIntervalMs' | 'pingTimeoutMs' | 'retryMs'>>;
  /** The maximum number of lines kept until they are drained; the oldest are dropped. */
  readonly inboxLines?: number;
  /** How received lines are parsed; connections of one host can share what they hear. */
  readonly readLine?: LineReader;
}

const TIMING = { connectTimeoutMs: 15_000, pingIntervalMs: 30_000, pingTimeoutMs: 90_000, retryMs: 15_000 };

/**
 * Checks the options of a connection and fills in the defaults.
 * @throws SwarmError `irc/bad-options` for a nick, channel, host or port that no server accepts.
 */
export function checkOptions(options: ChannelOptions): SessionOptions {
  const wrong = (what: string) =>
    new SwarmError({
      code: 'irc/bad-options',
      disposition: 'stop',
      message: `Can't connect to IRC: ${what}`,
      next: 'Correct the IRC settings and start again.',
    });
  const { host, port, nick, channel, sasl, tls } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw wrong(`${port} is not a port`);
  if (host === '' || /\s/.test(host)) throw wrong(`${JSON.stringify(host.slice(0, 80))} is not a host`);
  if (!/^[A-Za-z_][A-Za-z0-9_-]{0,33}$/.test(nick)) throw wrong(`${JSON.stringify(nick.slice(0, 80))} is not a nick`);
  if (!/^#[A-Za-z0-9_-]{1,49}$/.test(channel))
    throw wrong(`${JSON.stringify(channel.slice(0, 80))} is not a channel name`);
  const secure = tls !== undefined && tls !== false;
  // Without TLS the password could be read on the network.
  const mayAuthenticate =
    secure || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (sasl !== undefined && !mayAuthenticate) options.log?.('SASL is left out: the connection has no TLS');
  return {
    host,
    port,
    nick,
    channel,
    tls: secure,
    ca: typeof tls === 'object' ? tls.ca : undefined,
    sasl: mayAuthenticate ? sasl : undefined,
    ...TIMING,
    ...options.timing,
  };
}
