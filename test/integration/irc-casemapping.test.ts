import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Casemapping } from '../../lib/core/nick.ts';
import { connectChannel } from '../../lib/irc/connection.ts';
import { CHANNEL, HOST, until } from '../support/irc.ts';
import { PATIENCE_MS } from '../support/patience.ts';

/** A server that says what a test wants it to announce, and that `Ana[1]` and `Ana{1}` are there. */
async function serverThat(announces: string) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const send = (...lines: readonly string[]) => socket.write(lines.map((line) => `:s ${line}\r\n`).join(''));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (text.includes('USER ')) send('001 kk-a :Welcome', `005 kk-a ${announces} :are supported by this server`);
      if (!text.includes('JOIN ')) return;
      socket.write(`:kk-a!u@h JOIN ${CHANNEL}\r\n`);
      send(`353 kk-a = ${CHANNEL} :kk-a Ana[1] Bob~`, `366 kk-a ${CHANNEL} :End`);
      socket.write(
        `:ana{1}!u@h PART ${CHANNEL}\r\n:bob^!u@h PART ${CHANNEL}\r\n:kk-b!u@h PRIVMSG ${CHANNEL} :done\r\n`,
      );
    });
  }).listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, close };
}

describe('a seat on somebody’s server', () => {
  it.each<readonly [string, Casemapping, readonly string[]]>([
    ['CASEMAPPING=rfc1459', 'rfc1459', ['kk-a']],
    ['NICKLEN=30', 'rfc1459', ['kk-a']],
    ['CASEMAPPING=strict-rfc1459', 'strict-rfc1459', ['Bob~', 'kk-a']],
    ['CASEMAPPING=ascii', 'ascii', ['Ana[1]', 'Bob~', 'kk-a']],
    ['CASEMAPPING=rfc7613', 'ascii', ['Ana[1]', 'Bob~', 'kk-a']],
  ])('compares nicks as it announces: %s', async (announces, casemapping, left) => {
    const { port, close } = await serverThat(announces);
    const seat = connectChannel({ host: HOST, port, nick: 'kk-a', channel: CHANNEL });
    try {
      await seat.joined(PATIENCE_MS);
      await until('it heard the last line', () => seat.stats().heard > 0);
      expect(seat.casemapping()).toBe(casemapping);
      expect(seat.roster()).toEqual(left);
    } finally {
      await seat.close();
      close();
    }
  });
});
