import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Account } from '../core/hub-accounts.ts';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';
import { createTokenBucket, type TokenBucket } from '../core/token-bucket.ts';
import type { SignIn } from './authenticator.ts';
import { filterLine } from './irc-filter.ts';
import { createLineSplitter, parseIrcLine } from './irc-line.ts';
import { createRegistration } from './irc-registration.ts';

/** One client of the IRC gate, from its connection to its end. */
export interface IrcClient {
  readonly account: () => Account | undefined;
  /** The nick with which it registered or that it requested last. */
  readonly nick: () => string | undefined;
  /** Sends ERROR with the reason and closes the connection; resolves when the server behind the gate has released the nick. */
  readonly end: (reason: string) => Promise<void>;
}

/** What a client needs from the gate. */
export interface IrcClientPorts {
  readonly upstream: { readonly host: string; readonly port: number; readonly password: string };
  readonly signIn: (name: string, password: string) => Promise<SignIn>;
  readonly mayUseNick: (account: Account, nick: string) => boolean;
  /** Why an account may not enter now; undefined when it may. Called once it has signed in. */
  readonly refusalOf: (account: Account) => string | undefined;
  /** The rate of an account's lines, over all its connections. */
  readonly linesOf: (account: string) => TokenBucket;
  /** Closes earlier connections with a nick; resolves when the nick is free. */
  readonly releaseNick: (nick: string) => Promise<void>;
  readonly onEnd: () => void;
  readonly log: (line: string) => void;
}

const REGISTRATION_MS = 20_000;
const MAX_HELD_BYTES = 8192 + 512;
const CLOSE_MS = 1000;
/** The lines of a connection until it has signed in. */
const { burst: BURST, everyMs: EVERY_MS } = HUB_BOUNDS.channelLines;

/** Serves a connection after its TLS handshake: registration, then lines in both directions. */
export function createIrcClient(socket: TLSSocket, ports: IrcClientPorts): IrcClient {
  const splitter = createLineSplitter(MAX_HELD_BYTES);
  let bucket = createTokenBucket(BURST, EVERY_MS);
  const reply = (line: string) => void socket.write(`${line.replace(/[\r\n\0]/g, ' ')}\r\n`, 'latin1');
  const registration = createRegistration({ ...ports, reply });
  let account: Account | undefined;
  let nick: string | undefined;
  let upstream: Socket | undefined;
  let isEnding = false;
  let queue: Promise<void> = Promise.resolve();

  const timer = setTimeout(() => void end('You took too long to sign on'), REGISTRATION_MS);

  function end(reason: string): Promise<void> {
    if (!isEnding && !socket.destroyed) {
      isEnding = true;
      socket.end(`ERROR :${reason}\r\n`);
      setTimeout(() => socket.destroy(), CLOSE_MS).unref();
    }
    return quitUpstream(reason);
  }

  /** Quits from the server behind the gate; resolves when that connection is closed. */
  function quitUpstream(reason: string): Promise<void> {
    const server = upstream;
    if (server === undefined || server.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      server.once('close', () => resolve());
      server.end(`QUIT :${reason}\r\n`);
      setTimeout(() => server.destroy(), CLOSE_MS).unref();
    });
  }

  async function connectUpstream(as: Account, wanted: string, user: string): Promise<void> {
    clearTimeout(timer);
    const refusal = ports.refusalOf(as);
    if (refusal !== undefined) return void end(refusal);
    [account, nick] = [as, wanted];
    bucket = ports.linesOf(as.account);
    await ports.releaseNick(wanted);
    if (socket.destroyed || isEnding) return;
    const { host, port, password } = ports.upstream;
    const server = connect({ host, port });
    upstream = server;
    server.setNoDelay(true);
    const realName = /:(.*)$/.exec(user)?.[1] ?? as.account;
    server.write(
      `PASS ${password}\r\nNICK ${wanted}\r\nUSER ${as.account.slice(0, 16)} 0 * :${realName}\r\n`,
      'latin1',
    );
    server.on('error', () => undefined);
    server.on('close', () => void end('The channel’s server has closed the connection'));
    pipeDownstream(server, socket);
  }

  async function take(text: string): Promise<void> {
    for (let waitMs = bucket.take(performance.now()); waitMs > 0; waitMs = bucket.take(performance.now())) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    if (isEnding || socket.destroyed) return;
    const line = parseIrcLine(text);
    if (line === undefined) return;
    if (account === undefined || nick === undefined) {
      const step = await registration.take(line);
      if (step.type === 'refused') return void end(step.why);
      if (step.type === 'complete') return connectUpstream(step.account, step.nick, step.user);
      return;
    }
    const decision = filterLine(line, nick, account, ports.mayUseNick);
    if (decision.type === 'reply') return reply(decision.line);
    if (decision.type === 'drop' || upstream === undefined) return;
    if (line.command === 'NICK') {
      nick = decision.line.slice('NICK '.length);
      await ports.releaseNick(nick);
    }
    upstream.write(`${decision.line}\r\n`, 'latin1');
    if (line.command === 'QUIT') upstream.end();
  }

  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    const lines = splitter.take(chunk);
    if (lines === undefined) return void end('A line was too long');
    if (lines.length === 0) return;
    // While lines wait for tokens nothing more is read, so that a flood fills the sender's buffers.
    socket.pause();
    queue = queue
      .then(async () => {
        for (const line of lines) await take(line);
      })
      .catch(() => void end('The hub failed'))
      .finally(() => socket.resume());
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearTimeout(timer);
    isEnding = true;
    void quitUpstream('Connection closed');
    ports.onEnd();
  });

  return { account: () => account, nick: () => nick, end };
}

/** Forwards the server's output in whole lines, so that a reply of the gate never splits one. */
function pipeDownstream(server: Socket, socket: TLSSocket): void {
  let held = Buffer.alloc(0);
  server.on('data', (chunk: Buffer) => {
    const end = chunk.lastIndexOf(10) + 1;
    if (end === 0) {
      held = Buffer.concat([held, chunk]);
      return;
    }
    const lines = Buffer.concat([held, chunk.subarray(0, end)]);
    held = Buffer.from(chunk.subarray(end));
    if (socket.writable && !socket.write(lines)) server.pause();
  });
  socket.on('drain', () => server.resume());
}
