import { Client } from 'irc-framework';
import { type Casemapping, foldNick, parseCasemapping, sameNick } from '../core/nick.ts';
import { createNickPlan } from './nick-plan.ts';
import { createRoster } from './roster.ts';
import { cleanLine, cutBytes, LINE_BYTES } from './text.ts';
import { BoundedTransport } from './transport.ts';

/** Where to connect, and which nick and channel to use there. */
export interface SessionOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly ca: string | undefined;
  readonly nick: string;
  readonly channel: string;
  readonly sasl: { readonly account: string; readonly password: string } | undefined;
  readonly connectTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** The interval at which a taken nick and a refused channel are tried again. */
  readonly retryMs: number;
}

/** The events of a session. `onClosed` comes exactly once, and last. */
export interface SessionEvents {
  readonly onJoined: () => void;
  readonly onLeft: (why: string) => void;
  readonly onLine: (nick: string, text: string) => void;
  readonly onClosed: (why: string) => void;
  readonly log: (message: string) => void;
}

/** One connection to a server, from the attempt to its end. */
export interface Session {
  readonly nick: () => string;
  /** How the server compares nicks, as it announced. */
  readonly casemapping: () => Casemapping;
  readonly roster: () => readonly string[];
  readonly say: (line: string) => void;
  readonly quit: (message: string) => void;
  readonly destroy: () => void;
}

// irc-framework splits longer lines. No line is longer than LINE_BYTES, so it never does.
const SPLIT_BYTES = LINE_BYTES + 20;

/** Connects, registers and joins, and tries to keep the nick and the channel as long as the connection lasts. */
export function openSession(options: SessionOptions, events: SessionEvents): Session {
  const client = new Client();
  const plan = createNickPlan(options.nick);
  const casemapping = () => parseCasemapping(client.network.options.CASEMAPPING);
  const same = (a: string, b: string) => sameNick(a, b, casemapping());
  const roster = createRoster((name) => foldNick(name, casemapping()));
  let nick = options.nick;
  let registered = false;
  let joined = false;
  let closed = false;
  let failure = 'the server closed the connection';
  let retry: NodeJS.Timeout | undefined;

  const isMe = (name: string | undefined) => name !== undefined && same(name, nick);
  const isHere = (channel: string | undefined) => channel !== undefined && same(channel, options.channel);
  const regain = () => {
    const { NICKLEN } = client.network.options;
    const fits = typeof NICKLEN !== 'string' || options.nick.length <= Number(NICKLEN);
    if (registered && fits && !same(nick, options.nick)) client.changeNick(options.nick);
  };
  const left = (why: string) => {
    roster.clear();
    if (!joined) return;
    joined = false;
    events.onLeft(why);
  };

  client.on('registered', (event) => {
    registered = true;
    nick = event.nick ?? nick;
    client.join(options.channel);
    retry = setInterval(() => {
      if (!joined) client.join(options.channel);
      regain();
    }, options.retryMs);
  });
  const tryNick = (next: string | undefined) => {
    if (next === undefined) {
      failure = `the server accepts no nick like ${options.nick}`;
      destroy();
      return;
    }
    nick = next;
    client.changeNick(next);
  };
  client.on('nick in use', () => {
    if (!registered) tryNick(plan.afterTaken());
  });
  client.on('nick invalid', () => {
    if (!registered) tryNick(plan.afterRefused());
  });
  // ERR_UNAVAILRESOURCE (RFC 2812 §5.2), of a nick that the server keeps back for a while. The library doesn't know it.
  client.on('unknown command', (event) => {
    if (event.command === '437' && !registered) tryNick(plan.afterTaken());
  });
  client.on('nick', (event) => {
    if (event.nick === undefined || event.new_nick === undefined) return;
    const mine = isMe(event.nick);
    roster.rename(event.nick, event.new_nick);
    if (mine) nick = event.new_nick;
    else if (same(event.nick, options.nick)) regain();
  });
  client.on('join', (event) => {
    if (!isHere(event.channel) || event.nick === undefined) return;
    if (isMe(event.nick)) roster.clear();
    roster.add(event.nick);
  });
  // The reply to NAMES follows the own JOIN: from then on the roster is known.
  client.on('userlist', (event) => {
    if (!isHere(event.channel)) return;
    for (const user of event.users) roster.add(user.nick ?? '');
    if (joined || !roster.has(nick)) return;
    joined = true;
    events.onJoined();
  });
  client.on('part', (event) => {
    if (!isHere(event.channel)) return;
    if (isMe(event.nick)) left('parted');
    else roster.remove(event.nick ?? '');
  });
  client.on('kick', (event) => {
    if (!isHere(event.channel)) return;
    if (isMe(event.kicked)) left('kicked from the channel');
    else roster.remove(event.kicked ?? '');
  });
  client.on('quit', (event) => {
    roster.remove(event.nick ?? '');
    if (same(event.nick ?? '', options.nick)) regain();
  });
  client.on('privmsg', (event) => {
    if (!isHere(event.target) || event.nick === undefined || event.nick === '' || isMe(event.nick)) return;
    const text = event.message ?? '';
    if (cleanLine(text) !== '') events.onLine(event.nick, text);
  });
  client.on('irc error', (event) => {
    failure = cutBytes(cleanLine(event.reason ?? event.error ?? failure), 200);
    if (isHere(event.channel) && !joined) events.log(`can't join ${options.channel} yet: ${failure}`);
  });
  client.on('sasl failed', (event) => {
    events.log(`signing in with SASL failed: ${cutBytes(cleanLine(event.reason ?? 'no reason given'), 200)}`);
  });
  client.on('ping timeout', () => {
    failure = `no answer from the server for ${options.pingTimeoutMs} ms`;
    destroy();
  });
  client.on('socket close', (error) => {
    if (error instanceof Error) failure = cutBytes(cleanLine(error.message), 200);
  });
  client.on('close', () => {
    if (closed) return;
    closed = true;
    clearInterval(retry);
    left(failure);
    events.onClosed(failure);
  });

  function destroy(): void {
    client.connection.end(null, true);
  }

  client.connect({
    host: options.host,
    port: options.port,
    tls: options.tls,
    ca: options.ca,
    connectTimeoutMs: options.connectTimeoutMs,
    nick,
    username: options.nick.slice(0, 16),
    gecos: `${options.nick} of Karmakadabra`,
    encoding: 'utf8',
    version: '',
    auto_reconnect: false,
    ping_interval: options.pingIntervalMs / 1000,
    ping_timeout: options.pingTimeoutMs / 1000,
    message_max_length: SPLIT_BYTES,
    account: options.sasl ?? {},
    sasl_disconnect_on_fail: false,
    transport: BoundedTransport,
  });

  return {
    nick: () => nick,
    casemapping,
    roster: () => roster.list(),
    say: (line) => client.say(options.channel, line),
    quit: (message) => client.quit(message),
    destroy,
  };
}
