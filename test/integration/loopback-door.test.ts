import { mkdtemp, rm } from 'node:fs/promises';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { startRpcGate } from '../../lib/local/evm/rpc-gate.ts';
import { type Anvil, startAnvil } from '../../lib/local/evm.ts';
import { testAddresses } from '../support/test-accounts.ts';

describe('the door of the embedded chain', () => {
  let dir: string;
  let anvil: Anvil;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kk-door-'));
    anvil = await startAnvil({ stateFile: join(dir, 'chain.json'), funded: testAddresses(1), log: () => undefined });
  });
  afterAll(async () => {
    await anvil?.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('lets no local page or program spend from its accounts', async () => {
    expect(await callRpc(anvil.rpcUrl, 'eth_accounts', [])).toEqual([]);
    const preflight = await fetch(anvil.rpcUrl, {
      method: 'OPTIONS',
      headers: { origin: 'http://example.com', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['a page under a name that points here', { host: 'evil.example' }],
    ['such a page, with the port', { host: 'evil.example:8545', origin: 'http://evil.example:8545' }],
    ['a name that begins alike', { host: 'localhost.evil.example' }],
    ['a name that ends alike', { host: 'evil-localhost' }],
    ['an address written as a name', { host: '127.0.0.1.evil.example' }],
    ['a user before the host', { host: 'evil.example@127.0.0.1' }],
    ['a page of another origin', { origin: 'http://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a page of this machine', { origin: 'http://localhost:3000' }],
    ['a page that sends no origin', { 'sec-fetch-site': 'cross-site' }],
  ])('answers no web page: %s', async (_, headers) => {
    const before = await callRpc(anvil.rpcUrl, 'eth_getBalance', [EVE, 'latest']);
    for (const method of ['anvil_setBalance', 'eth_chainId']) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [EVE, '0xffff'] });
      const { status, text } = await post(anvil.port, { 'content-type': 'application/json', ...headers }, body);
      expect(status).toBe(403);
      expect(text).not.toContain('result');
    }
    expect(await callRpc(anvil.rpcUrl, 'eth_getBalance', [EVE, 'latest'])).toBe(before);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('answers programs that call it %s', async (name) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    const headers = { 'content-type': 'application/json', host: `${name}:${anvil.port}` };
    expect(await post(anvil.port, headers, body)).toMatchObject({ status: 200 });
  });

  it('is served to other containers by its name there, and to no web page', async () => {
    const gate = await startRpcGate({ host: '127.0.0.1', port: 0, upstream: anvil.rpcUrl, names: ['chain'] });
    try {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
      const statusFor = async (headers: OutgoingHttpHeaders) =>
        (await post(Number(new URL(gate.url).port), { 'content-type': 'application/json', ...headers }, body)).status;
      expect(await statusFor({})).toBe(200);
      expect(await statusFor({ host: 'chain:8545' })).toBe(200);
      expect(await statusFor({ host: 'chain.evil.example:8545' })).toBe(403);
      expect(await statusFor({ host: 'evil.example' })).toBe(403);
      expect(await statusFor({ host: 'chain', origin: 'http://evil.example' })).toBe(403);
    } finally {
      await gate.close();
    }
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'])(
    'lets no second request through in the body of a %s',
    async (method) => {
      const before = await callRpc(anvil.rpcUrl, 'eth_getBalance', [EVE, 'latest']);
      const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'anvil_setBalance', params: [EVE, '0xffff'] });
      const hidden = `POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\nContent-Length: ${call.length}\r\n\r\n${call}`;
      const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
      await sendRaw(
        anvil.port,
        `${method} / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
      );
      expect(await callRpc(anvil.rpcUrl, 'eth_getBalance', [EVE, 'latest'])).toBe(before);
    },
  );

  it('answers nobody who names another host in the request line', async () => {
    const text = await sendRaw(anvil.port, 'POST http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1.1 403 /);
  });

  it('takes no request that is too large, and goes on', async () => {
    const large = post(anvil.port, { 'content-type': 'application/json' }, 'x'.repeat(3 * 2 ** 20));
    expect((await large.catch(() => ({ status: 0 }))).status).not.toBe(200);
    expect(await callRpc(anvil.rpcUrl, 'eth_chainId', [])).toMatch(/^0x/);
  });
});

/** Sends bytes as they are; resolves to what came back when the other side closes, or after it has answered. */
function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

const EVE = `0x${'e'.repeat(40)}`;

/** Sends a request with headers that fetch would not let us choose. */
function post(port: number, headers: OutgoingHttpHeaders, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
