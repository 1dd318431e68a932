import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { PATIENCE_MS } from './patience.ts';

export const HOST = '127.0.0.1';
export const CHANNEL = '#karmakadabra';

/** Polls until the condition holds. @throws Error naming what was awaited after the deadline. */
export async function until(what: string, holds: () => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A client that sends what it likes, byte for byte, and keeps what it hears as latin1 lines. */
export interface RawClient {
  readonly socket: Socket;
  readonly lines: readonly string[];
  readonly closed: () => boolean;
  readonly send: (...lines: readonly string[]) => void;
  readonly write: (bytes: Buffer) => void;
  /** Resolves to the first line that matches, heard since the last match. */
  readonly expect: (pattern: RegExp) => Promise<string>;
  readonly end: () => void;
}

/** Connects a raw client; with a nick it registers and waits for the welcome. */
export async function rawClient(port: number, nick?: string): Promise<RawClient> {
  const socket = connect({ host: HOST, port });
  const lines: string[] = [];
  let closed = false;
  let seen = 0;
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\r\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      const ping = /^PING (.*)$/.exec(line);
      if (ping !== null) socket.write(`PONG ${ping[1]}\r\n`);
      lines.push(line);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  const client: RawClient = {
    socket,
    lines,
    closed: () => closed,
    send: (...sent) => {
      for (const line of sent) socket.write(`${line}\r\n`, 'utf8');
    },
    write: (bytes) => {
      socket.write(bytes);
    },
    expect: async (pattern) => {
      let found: string | undefined;
      await until(`a line like ${pattern} among ${JSON.stringify(lines.slice(-6))}`, () => {
        const index = lines.findIndex((line, i) => i >= seen && pattern.test(line));
        if (index === -1) return false;
        found = lines[index];
        seen = index + 1;
        return true;
      });
      return found ?? '';
    },
    end: () => socket.destroy(),
  };
  if (nick !== undefined) {
    client.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    await client.expect(/ 001 /);
  }
  return client;
}

/** An IRC server under test, whichever it is. `stop` frees the port; `start` takes it again. */
export interface ServerUnderTest {
  readonly port: number;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const NGIRCD = '/usr/sbin/ngircd';

/** Why tests with ngircd are skipped, or undefined where it is installed. */
export const noNgircd = existsSync(NGIRCD) ? undefined : `${NGIRCD} is not installed (apt-get install ngircd)`;

/** Makes an ngircd on a free port, not yet started; `cleanUp` removes its folder. */
export async function makeNgircd(): Promise<ServerUnderTest & { readonly cleanUp: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kk-ngircd-'));
  const port = await freePort();
  const config = join(folder, 'ngircd.conf');
  const lines = [
    '[Global]',
    'Name = irc.test.local',
    'Info = test',
    `Listen = ${HOST}`,
    `Ports = ${port}`,
    'MotdPhrase = test',
    '[Limits]',
    'MaxConnectionsIP = 0',
    'MaxPenaltyTime = 0',
    'MaxNickLength = 32',
    '[Options]',
    'DNS = no',
    'Ident = no',
    'PAM = no',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;
  const stop = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const exited = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await exited;
  };
  return {
    port,
    start: async () => {
      child = spawn(NGIRCD, ['-n', '-f', config], { stdio: 'ignore' });
      await until('ngircd listens', await listening(port));
    },
    stop,
    cleanUp: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number): Promise<() => boolean> {
  let open = false;
  const knock = () => {
    const socket = connect({ host: HOST, port }, () => {
      open = true;
      socket.destroy();
    });
    socket.on('error', () => {
      if (!open) setTimeout(knock, 20).unref();
    });
  };
  knock();
  return () => open;
}
