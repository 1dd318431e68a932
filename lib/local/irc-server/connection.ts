import type { Socket } from 'node:net';
import { createTokenBucket } from '../../core/token-bucket.ts';
import { execute } from './commands.ts';
import { fitLine, MAX_LINE_BYTES, parseMessage } from './message.ts';
import { type Client, removeClient, reply, type ServerState } from './server-state.ts';

/** The first line of a request of HTTP/1 (RFC 9112 §3), which no client of IRC sends. */
const HTTP_REQUEST = /^[A-Z]{1,20} \S{1,500} HTTP\/\d/;

/** The limits of one client. */
export interface Limits {
  readonly registrationMs: number;
  /** Silence after which a client is pinged, and after which a pinged client is dropped. */
  readonly pingMs: number;
  readonly sendQueueBytes: number;
  /** Lines taken at once, and per second after that. What comes faster waits in the client's own buffers. */
  readonly burstLines: number;
  readonly linesPerSecond: number;
}

/** One client's connection. `check` enforces its timeouts and is to be called regularly; `end` closes it at once. */
export interface Connection {
  readonly check: (nowMs: number) => void;
  readonly end: (reason: string) => undefined;
}

/**
 * A client that was pinged is dropped after so many checks at the earliest: after this machine itself was suspended, an answer
 * that has already arrived is read between two checks.
 */
const MIN_CHECKS_AFTER_PING = 4;

/** Serves one socket within the limits: parses lines, executes commands, sends replies. */
export function serve(state: ServerState, socket: Socket, limits: Limits, onGone: () => void): Connection {
  const openedMs = Date.now();
  let heardMs = openedMs;
  let pingedMs: number | undefined;
  let checksSincePing = 0;
  let gone = false;
  const bucket = createTokenBucket(limits.burstLines, 1000 / limits.linesPerSecond);
  let pending = '';
  let overlong = false;
  let resume: NodeJS.Timeout | undefined;

  const client: Client = {
    nick: '',
    user: '',
    realName: '',
    host: shownHost(socket.remoteAddress ?? ''),
    away: undefined,
    registered: false,
    negotiating: false,
    signedOnAt: state.now(),
    spokeAt: state.now(),
    channels: new Set(),
    send: (line) => {
      if (gone) return;
      socket.write(`${fitLine(line)}\r\n`, 'latin1');
      if (socket.writableLength > limits.sendQueueBytes) leave('Send queue exceeded');
    },
    leave,
  };

  function leave(reason: string): undefined {
    if (gone) return;
    gone = true;
    clearTimeout(resume);
    // The peer may not be reading: it gets the reason, and half a second to close.
    socket.end(`${fitLine(`ERROR :Closing Link: ${client.host} (${reason})`)}\r\n`, 'latin1');
    setTimeout(() => socket.destroy(), 500).unref();
    removeClient(state, client, reason);
    onGone();
  }

  function work(): void {
    resume = undefined;
    let start = 0;
    for (;;) {
      const end = pending.indexOf('\n', start);
      if (gone || end === -1) break;
      const waitMs = bucket.take(performance.now());
      if (waitMs > 0) {
        pending = pending.slice(start);
        socket.pause();
        resume = setTimeout(work, waitMs);
        return;
      }
      const line = pending.slice(start, end).replace(/\r+$/, '');
      start = end + 1;
      const tooLong = overlong || line.length > MAX_LINE_BYTES - 2;
      // A web page can make its reader's browser send lines here, in the body of a request.
      if (!client.registered && (tooLong || HTTP_REQUEST.test(line))) leave('This is not a web server');
      else if (tooLong) reply(state, client, '417', ':Input line was too long');
      else {
        const message = parseMessage(line);
        if (message !== undefined) execute(state, client, message);
      }
      overlong = false;
    }
    pending = pending.slice(start);
    if (pending.length >= MAX_LINE_BYTES) {
      // Only that it was too long is remembered, not the line.
      overlong = true;
      pending = '';
    }
    if (!gone) socket.resume();
  }

  socket.setEncoding('latin1');
  socket.setNoDelay(true);
  socket.on('data', (chunk: string) => {
    heardMs = Date.now();
    pingedMs = undefined;
    pending += chunk;
    if (resume === undefined) work();
  });
  socket.on('error', () => undefined);
  socket.on('end', () => leave('Connection closed'));
  socket.on('close', () => leave('Connection closed'));

  return {
    end: leave,
    check: (nowMs) => {
      if (!client.registered) {
        if (nowMs - openedMs > limits.registrationMs) leave('Registration timed out');
      } else if (pingedMs !== undefined) {
        checksSincePing += 1;
        if (checksSincePing >= MIN_CHECKS_AFTER_PING && nowMs - pingedMs > limits.pingMs) leave('Ping timeout');
      } else if (nowMs - heardMs > limits.pingMs) {
        pingedMs = nowMs;
        checksSincePing = 0;
        client.send(`PING :${state.serverName}`);
      }
    },
  };
}

function shownHost(remote: string): string {
  const plain = remote.replace(/^::ffff:/, '');
  if (plain === '::1' || plain.startsWith('127.')) return 'localhost';
  return plain.startsWith(':') ? `0${plain}` : plain || 'unknown';
}
