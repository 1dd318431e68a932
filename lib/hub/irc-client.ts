import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Account } from '../core/hub-accounts.ts';
import { createTokenBucket } from '../core/token-bucket.ts';
import type { SignIn } from './authenticator.ts';
import { createLineSplitter, parseIrcLine } from './irc-line.ts';
import { passLine } from './irc-passage.ts';
import { createSignOn } from './irc-sign-on.ts';

/** One client of the IRC gate, from its connection to its end. */
export interface IrcClient {
  readonly account: () => Account | undefined;
  /** The nick under which it came in, or has asked for since. */
  readonly nick: () => string | undefined;
  /** Says why and ends the connection; resolves when the server behind has let go of the nick. */
  readonly end: (why: string) => Promise<void>;
}

/** What a client needs of the gate. */
export interface IrcClientPorts {
  readonly upstream: { readonly host: string; readonly port: number; readonly password: string };
  readonly signIn: (name: string, password: string) => Promise<SignIn>;
  readonly mayBear: (account: Account, nick: string) => boolean;
  /** Called when it may come in: makes room for it, resolves when the nick is free. */
  readonly makeRoom: (account: Account, nick: string) => Promise<void>;
  readonly onEnd: () => void;
  readonly log: (line: string) => void;
}

const SIGN_ON_MS = 20_000;
const MAX_HELD_BYTES = 8192 + 512;
const GOODBYE_MS = 1000;
/** How fast a client may speak: more than any agent does, and far less than what would be felt. */
const [BURST, EVERY_MS] = [60, 100];

/** Takes over a connection whose TLS is up. */
export function createIrcClient(socket: TLSSocket, ports: IrcClientPorts): IrcClient {
  const splitter = createLineSplitter(MAX_HELD_BYTES);
  const bucket = createTokenBucket(BURST, EVERY_MS);
  const reply = (line: string) => void socket.write(`${line.replace(/[\r\n\0]/g, ' ')}\r\n`, 'latin1');
  const signOn = createSignOn({ ...ports, reply });
  let account: Account | undefined;
  let nick: string | undefined;
  let upstream: Socket | undefined;
  let isEnding = false;
  let queue: Promise<void> = Promise.resolve();

  const timer = setTimeout(() => void end('You took too long to sign on'), SIGN_ON_MS);

  function end(why: string): Promise<void> {
    if (!isEnding && !socket.destroyed) {
      isEnding = true;
      socket.end(`ERROR :${why}\r\n`);
      setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
    }
    return leave(why);
  }

  /** Takes the leave of the server behind the gate. */
  function leave(why: string): Promise<void> {
    const behind = upstream;
    if (behind === undefined || behind.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      behind.once('close', () => resolve());
      behind.end(`QUIT :${why}\r\n`);
      setTimeout(() => behind.destroy(), GOODBYE_MS).unref();
    });
  }

  async function comeIn(as: Account, wanted: string, user: string): Promise<void> {
    clearTimeout(timer);
    [account, nick] = [as, wanted];
    await ports.makeRoom(as, wanted);
    if (socket.destroyed || isEnding) return;
    const { host, port, password } = ports.upstream;
    const behind = connect({ host, port });
    upstream = behind;
    behind.setNoDelay(true);
    const realName = /:(.*)$/.exec(user)?.[1] ?? as.account;
    behind.write(
      `PASS ${password}\r\nNICK ${wanted}\r\nUSER ${as.account.slice(0, 16)} 0 * :${realName}\r\n`,
      'latin1',
    );
    behind.on('error', () => undefined);
    behind.on('close', () => void end('The channel’s server has closed the connection'));
    joinDownstream(behind, socket);
  }

  async function take(text: string): Promise<void> {
    for (let waitMs = bucket.take(performance.now()); waitMs > 0; waitMs = bucket.take(performance.now())) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    if (isEnding || socket.destroyed) return;
    const line = parseIrcLine(text);
    if (line === undefined) return;
    if (account === undefined || nick === undefined) {
      const step = await signOn.take(line);
      if (step.type === 'refused') return void end(step.why);
      if (step.type === 'complete') return comeIn(step.account, step.nick, step.user);
      return;
    }
    const passage = passLine(line, nick, account, ports.mayBear);
    if (passage.type === 'answer') return reply(passage.line);
    if (passage.type === 'drop' || upstream === undefined) return;
    if (line.command === 'NICK') {
      nick = passage.line.slice('NICK '.length);
      await ports.makeRoom(account, nick);
    }
    upstream.write(`${passage.line}\r\n`, 'latin1');
    if (line.command === 'QUIT') upstream.end();
  }

  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    const lines = splitter.take(chunk);
    if (lines === undefined) return void end('A line was too long');
    if (lines.length === 0) return;
    // While these lines wait for their turn nothing more is read: who floods fills its own buffers.
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
    void leave('Connection closed');
    ports.onEnd();
  });

  return { account: () => account, nick: () => nick, end };
}

/** Sends on what the server says, in whole lines, so that a reply of the gate never comes between. */
function joinDownstream(behind: Socket, socket: TLSSocket): void {
  let held = Buffer.alloc(0);
  behind.on('data', (chunk: Buffer) => {
    const end = chunk.lastIndexOf(10) + 1;
    if (end === 0) {
      held = Buffer.concat([held, chunk]);
      return;
    }
    const lines = Buffer.concat([held, chunk.subarray(0, end)]);
    held = Buffer.from(chunk.subarray(end));
    if (socket.writable && !socket.write(lines)) behind.pause();
  });
  socket.on('drain', () => behind.resume());
}
