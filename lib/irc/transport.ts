import { EventEmitter } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The options of irc-framework that the transport reads. */
export interface TransportOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Certificates (PEM) that are trusted instead of the system's. */
  readonly ca?: string | undefined;
  readonly connectTimeoutMs: number;
}

// IRCv3 allows 8,191 bytes of tags before a line of 512. Longer lines are dropped.
const MAX_LINE_BYTES = 8191 + 512;
const MAX_UNSENT_BYTES = 256 * 1024;
const GOODBYE_MS = 1000;

/**
 * Replaces irc-framework's own socket: lines and buffers are bounded, certificates are always verified, connecting has a
 * timeout, and a line from the server that the library can't handle doesn't end the process.
 */
export class BoundedTransport extends EventEmitter {
  readonly #options: TransportOptions;
  #socket: Socket | undefined;
  #open = false;
  #failure: Error | undefined;
  #parts: Buffer[] = [];
  #heldBytes = 0;
  #overlong = false;

  constructor(options: TransportOptions) {
    super();
    this.#options = options;
  }

  isConnected(): boolean {
    return this.#open;
  }

  connect(): void {
    const { host, port, tls, ca, connectTimeoutMs } = this.#options;
    const socket = tls
      ? connectTls({
          host,
          port,
          rejectUnauthorized: true,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(ca === undefined ? {} : { ca }),
        })
      : connectTcp({ host, port });
    this.#socket = socket;
    const deadline = setTimeout(() => {
      socket.destroy(new Error(`no connection to ${host}:${port} within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.on(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(deadline);
      this.#open = true;
      this.emit('open');
    });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => {
      this.#failure = error;
    });
    socket.on('close', () => {
      clearTimeout(deadline);
      this.#open = false;
      this.emit('close', this.#failure ?? false);
    });
  }

  /** Sends one line; line breaks in it become spaces. */
  writeLine(line: string, done?: () => void): void {
    const socket = this.#socket;
    if (socket === undefined || !this.#open) {
      if (done !== undefined) setImmediate(done);
      return;
    }
    socket.write(`${line.replace(/[\r\n\0]/g, ' ')}\r\n`, () => done?.());
    if (socket.writableLength > MAX_UNSENT_BYTES)
      socket.destroy(new Error('the server does not read what is sent to it'));
  }

  close(force?: boolean): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    if (force === true || !this.#open) {
      socket.destroy();
      return;
    }
    socket.end();
    setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
  }

  disposeSocket(): void {
    this.#socket?.destroy();
  }

  setEncoding(): boolean {
    return true;
  }

  #take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#hold(chunk.subarray(start, end));
      this.#finishLine();
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return;
    this.#heldBytes += part.length;
    if (this.#heldBytes > MAX_LINE_BYTES) {
      this.#overlong = true;
      this.#parts = [];
    } else this.#parts.push(part);
  }

  #finishLine(): void {
    const line = this.#overlong ? '' : Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, '');
    this.#parts = [];
    this.#heldBytes = 0;
    this.#overlong = false;
    if (line === '') return;
    try {
      this.emit('line', line);
    } catch (error) {
      // The library's handlers expect parameters; a line without them is ignored.
      this.emit('debug', `a line could not be handled: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  }
}
