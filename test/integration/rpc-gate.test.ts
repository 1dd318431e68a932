import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { CALLER_BOUNDS } from '../../lib/local/evm/caller-shares.ts';
import { startRpcGate } from '../../lib/local/evm/rpc-gate.ts';

describe('a container that floods the gate of the chain', () => {
  const sockets: Socket[] = [];
  const closings: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const close of closings.splice(0).reverse()) await close();
  });

  /** A gate before a chain that answers when it is told to. */
  async function startSlowChain() {
    const waiting: (() => void)[] = [];
    const chain = createServer((_request, response) => {
      waiting.push(() => response.end(JSON.stringify([{ jsonrpc: '2.0', id: 1, result: '0x1' }])));
    });
    await new Promise<void>((resolve) => chain.listen(0, '127.0.0.1', resolve));
    closings.push(() => {
      chain.closeAllConnections();
      chain.close();
    });
    const upstream = `http://127.0.0.1:${(chain.address() as AddressInfo).port}`;
    const gate = await startRpcGate({ host: '127.0.0.1', port: 0, upstream, names: [] });
    closings.push(gate.close);
    return { port: Number(new URL(gate.url).port), waiting };
  }

  /** Connects from an address of this machine, as if from a container of its own. */
  function open(port: number, localAddress: string): { readonly socket: Socket; readonly text: () => string } {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
    });
    return { socket, text: () => text };
  }

  const call = (bytes = 0) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [' '.repeat(bytes)] });
    return `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };

  it.runIf(process.platform === 'linux')('keeps no more connections than its part, and others get theirs', async () => {
    const { port, waiting } = await startSlowChain();
    const hostile = Array.from({ length: 200 }, () => open(port, '127.0.0.2').socket);
    const isOpen = (socket: Socket) => !socket.destroyed && !socket.connecting;
    await expect.poll(() => hostile.filter(({ connecting }) => connecting).length, { timeout: 20_000 }).toBe(0);
    await expect.poll(() => hostile.filter(isOpen).length, { timeout: 20_000 }).toBe(CALLER_BOUNDS.connections);
    const honest = open(port, '127.0.0.3');
    honest.socket.write(call());
    await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(1);
    waiting[0]?.();
    await expect.poll(honest.text, { timeout: 20_000 }).toContain('"result":"0x1"');
  });

  it.runIf(process.platform === 'linux')('has only its part of the chain, and others are not behind it', async () => {
    const { port, waiting } = await startSlowChain();
    const hostile = open(port, '127.0.0.2');
    hostile.socket.write(call().repeat(CALLER_BOUNDS.requests + 1));
    await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(CALLER_BOUNDS.forwarded);
    const honest = open(port, '127.0.0.3');
    honest.socket.write(call());
    await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(CALLER_BOUNDS.forwarded + 1);
    waiting.at(-1)?.();
    await expect.poll(honest.text, { timeout: 20_000 }).toContain('"result":"0x1"');
    // All are answered in the end, the one over the bound by a refusal.
    const answered = () => hostile.text().split('HTTP/1.1 200').length - 1;
    await expect
      .poll(
        () => {
          for (const answer of waiting) answer();
          return answered();
        },
        { timeout: 20_000 },
      )
      .toBe(CALLER_BOUNDS.requests);
    await expect.poll(hostile.text, { timeout: 20_000 }).toContain('HTTP/1.1 429');
  });

  it('has no more of its bodies in memory than its part', async () => {
    const { port, waiting } = await startSlowChain();
    const hostile = open(port, '127.0.0.1');
    hostile.socket.write(call(1.5 * 2 ** 20).repeat(4));
    await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(2);
    const other = open(port, '127.0.0.1');
    other.socket.write(call(1.5 * 2 ** 20));
    await expect.poll(other.text, { timeout: 20_000 }).toContain('HTTP/1.1 413');
  });
});
