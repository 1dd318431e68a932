import type { ServerResponse } from 'node:http';
import { createPublicClient } from 'viem';
import { describe, expect, it } from 'vitest';
import { createChainClient, readingChain } from '../../../lib/market/chain/chain-client.ts';
import { rpcTransport } from '../../../lib/market/chain/rpc-transport.ts';
import { startHttp } from '../../support/hostile-http.ts';

const unreachable = { code: 'market/chain-unreachable', disposition: 'wait' };

/** Sends the beginning of an answer and then, on and on, a piece of it. */
function answerWithoutEnd(response: ServerResponse, piece: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(piece), 10);
  response.on('close', () => clearInterval(timer));
}

/** Asks a node that answers so, within such limits. */
async function ask(limits: { timeoutMs: number; maxBytes: number }, answer: (response: ServerResponse) => void) {
  const url = await startHttp((_, response) => answer(response));
  const client = createPublicClient({ transport: rpcTransport(url, limits) });
  return await readingChain('the head', () => client.getBlockNumber());
}

describe('the way to a node', { timeout: 20_000 }, () => {
  it('does not wait as long as the node wants before it asks again', async () => {
    let asked = 0;
    const url = await startHttp((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        asked += 1;
        const [{ id }] = JSON.parse(Buffer.concat(parts).toString()) as [{ id: number }];
        if (asked < 3) response.writeHead(asked === 1 ? 429 : 503, { 'retry-after': '86400' }).end('slow down');
        else response.end(JSON.stringify([{ jsonrpc: '2.0', id, result: '0x7' }]));
      });
    });
    expect(await createChainClient(url, 8453).getBlockNumber()).toBe(7n);
    expect(asked).toBe(3);
  });

  it('gives an answer up that trickles without end', async () => {
    let closed = 0;
    const reading = ask({ timeoutMs: 100, maxBytes: 2 ** 20 }, (response) => {
      response.on('close', () => {
        closed += 1;
      });
      answerWithoutEnd(response, ' ');
    });
    await expect(reading).rejects.toMatchObject(unreachable);
    await expect.poll(() => closed).toBe(3);
  });

  it('takes no more of an answer than it may', async () => {
    const limits = { timeoutMs: 60_000, maxBytes: 2_000 };
    const reading = ask(limits, (response) => answerWithoutEnd(response, ' '.repeat(500)));
    await expect(reading).rejects.toMatchObject(unreachable);
  });
});
