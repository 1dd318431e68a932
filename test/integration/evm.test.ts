import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { type Anvil, startAnvil } from '../../lib/local/evm.ts';
import { createChainClient } from '../../lib/market/chain/chain-client.ts';
import { createTransactionSender } from '../../lib/market/chain/transaction-sender.ts';
import { usdcAbi } from '../../lib/market/contracts/usdc-abi.ts';
import { deployMarket, mintTestUsdc } from '../../lib/market/escrow/deploy-test-market.ts';
import { createEscrowIndex } from '../../lib/market/escrow/escrow-index.ts';
import { createEscrowWriter } from '../../lib/market/escrow/escrow-writer.ts';
import { marketDomain, usdcDomain } from '../../lib/market/terms/domain.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { testAccount, testAddresses } from '../support/test-accounts.ts';
import { makeTrade } from '../support/trade-parts.ts';

const WINDOWS = { minRevealWindow: 20, minDisputeWindow: 10 };

describe('the embedded chain', () => {
  let dir: string;
  let stateFile: string;
  let lines: string[];
  const running: Anvil[] = [];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kk-chain-'));
    stateFile = join(dir, 'chain.json');
    lines = [];
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const anvil of running.splice(0)) await anvil.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function start(port = 0, compactBytes = 2 ** 30, maxResidentBytes = 2 ** 40): Promise<Anvil> {
    const log = (line: string) => lines.push(line);
    const anvil = await startAnvil({ stateFile, port, funded: testAddresses(4), compactBytes, maxResidentBytes, log });
    running.push(anvil);
    return anvil;
  }

  /** Deploys the market and reveals one trade; gives a way to read its key back. */
  async function trade(anvil: Anvil) {
    const client = createChainClient(anvil.rpcUrl, anvil.chainId);
    const deployer = createTransactionSender({ client, account: testAccount(0) });
    const { token, escrow } = await deployMarket(client, deployer, WINDOWS);
    const buyer = testAccount(2);
    await mintTestUsdc(deployer, token, buyer.address, 1_000_000n);
    const domains = { domain: marketDomain(anvil.chainId, escrow), tokenDomain: usdcDomain(anvil.chainId, token) };
    const now = async () => Number((await client.getBlock()).timestamp);
    const made = await makeTrade({ ...domains, now }, buyer, testAccount(1));
    const writer = createEscrowWriter({
      client,
      sender: createTransactionSender({ client, account: testAccount(1) }),
      escrow,
    });
    await writer.openAndReveal(made.opening, made.k);
    return { made, token, escrow };
  }

  async function keyOnChain(anvil: Anvil, { made, token, escrow }: Awaited<ReturnType<typeof trade>>) {
    const client = createChainClient(anvil.rpcUrl, anvil.chainId);
    const index = createEscrowIndex({ client, chainId: anvil.chainId, escrow, token, fromBlock: 0n });
    return (await index.refresh()).trades.get(made.escrowKey)?.revealedKey;
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  /** Waits until the state on disk holds a block. */
  async function written(anvil: Anvil): Promise<void> {
    const head = Number(await callRpc(anvil.rpcUrl, 'eth_blockNumber', []));
    await until('the state is written', async () => {
      const state: unknown = JSON.parse(await readFile(stateFile, 'utf8'));
      return (
        typeof state === 'object' &&
        state !== null &&
        'best_block_number' in state &&
        Number(state.best_block_number) >= head
      );
    });
  }

  it('keeps keys readable in old events over an orderly restart', async () => {
    const first = await start();
    const deal = await trade(first);
    await callRpc(first.rpcUrl, 'anvil_mine', ['0x258']);
    await first.close();
    expect(lines).toEqual([]);
    const second = await start(first.port);
    expect(second.port).toBe(first.port);
    expect(await keyOnChain(second, deal)).toBe(deal.made.k);
    const state: { blocks: unknown[] } = JSON.parse(await readFile(stateFile, 'utf8'));
    expect(state.blocks.length).toBeLessThan(450);
    expect(Number(await callRpc(second.rpcUrl, 'eth_blockNumber', []))).toBeGreaterThan(600);
  });

  it('forgets how transactions ran when it starts again, and keeps what came of them', async () => {
    const first = await start();
    const deal = await trade(first);
    const tracesOf = async () => {
      const state: { transactions: { info: { transaction_hash: string; traces: unknown[] } }[] } = JSON.parse(
        await readFile(stateFile, 'utf8'),
      );
      return state.transactions.map(({ info }) => info);
    };
    const receiptsFrom = async (anvil: Anvil, hashes: readonly string[]) =>
      await Promise.all(hashes.map((hash) => callRpc(anvil.rpcUrl, 'eth_getTransactionReceipt', [hash])));
    await written(first);
    const hashes = (await tracesOf()).map(({ transaction_hash }) => transaction_hash);
    const receipts = await receiptsFrom(first, hashes);
    await first.close();
    expect((await tracesOf()).some(({ traces }) => traces.length > 0)).toBe(true);

    const second = await start(first.port);
    expect(await receiptsFrom(second, hashes)).toEqual(receipts);
    expect(await keyOnChain(second, deal)).toBe(deal.made.k);
    await second.close();
    expect((await tracesOf()).filter(({ traces }) => traces.length > 0)).toEqual([]);
  });

  it('leaves out old empty blocks while it runs, so that a long run stays small, and loses no key', async () => {
    const anvil = await start(0, 1_000_000);
    const deal = await trade(anvil);
    await callRpc(anvil.rpcUrl, 'anvil_mine', ['0x320'], PATIENCE_MS);
    const before = anvil.pid();
    await until('it was restarted and answers', async () => {
      await callRpc(anvil.rpcUrl, 'eth_chainId', []);
      return anvil.pid() !== before;
    });
    expect(await keyOnChain(anvil, deal)).toBe(deal.made.k);
    expect(lines).toEqual(['Restarting the embedded chain without its old empty blocks and traces']);
  });

  it('is restarted when it takes too much memory, and loses no key', async () => {
    if (process.platform !== 'linux') return;
    const anvil = await start(0, 2 ** 30, 2 ** 20);
    const deal = await trade(anvil);
    const before = anvil.pid();
    await until('it took twice what it took at its start, was restarted and answers', async () => {
      await callRpc(anvil.rpcUrl, 'anvil_mine', ['0x100'], PATIENCE_MS);
      return anvil.pid() !== before;
    });
    expect(await keyOnChain(anvil, deal)).toBe(deal.made.k);
    expect(lines).toContain('Restarting the embedded chain to free memory');
  });

  it('lets callers wait while it is restarted as planned, and loses none of what they sent', async () => {
    const anvil = await start(0, 1_000_000);
    const { token } = await trade(anvil);
    const client = createChainClient(anvil.rpcUrl, anvil.chainId);
    const sender = createTransactionSender({ client, account: testAccount(0) });
    const before = anvil.pid();
    await callRpc(anvil.rpcUrl, 'anvil_mine', ['0x320'], PATIENCE_MS);
    let minted = 0n;
    for (const deadline = performance.now() + PATIENCE_MS; anvil.pid() === before && performance.now() < deadline; ) {
      await mintTestUsdc(sender, token, testAccount(3).address, 1n);
      minted += 1n;
    }
    expect(anvil.pid()).not.toBe(before);
    await mintTestUsdc(sender, token, testAccount(3).address, 1n);
    minted += 1n;
    const args = [testAccount(3).address] as const;
    expect(await client.readContract({ address: token, abi: usdcAbi, functionName: 'balanceOf', args })).toBe(minted);
  });

  it('comes back on its port with what was written when anvil is killed', async () => {
    const anvil = await start();
    const deal = await trade(anvil);
    await written(anvil);
    const killed = anvil.pid();
    process.kill(killed, 'SIGKILL');
    await until('a new process answers', async () => {
      await callRpc(anvil.rpcUrl, 'eth_chainId', []);
      return anvil.pid() !== killed;
    });
    expect(await keyOnChain(anvil, deal)).toBe(deal.made.k);
    expect(lines.join('\n')).toMatch(/starting it again/);
  });

  it('goes on from a good copy when a kill cut the state off, and refuses when there is none', async () => {
    const anvil = await start();
    const deal = await trade(anvil);
    await written(anvil);
    await until('a copy is made', async () => {
      const copy = await readFile(`${stateFile}.good`, 'utf8');
      return copy.includes(deal.made.k.slice(2));
    });
    await anvil.close();
    const whole = await readFile(stateFile, 'utf8');
    await writeFile(stateFile, whole.slice(0, whole.length / 2));
    const again = await start();
    expect(await keyOnChain(again, deal)).toBe(deal.made.k);
    expect(lines.join('\n')).toMatch(/truncated/);
    await again.close();
    for (const suffix of ['', '.good', '.good-1']) await writeFile(stateFile + suffix, whole.slice(0, 100));
    await expect(start()).rejects.toMatchObject({ code: 'local/chain-state-broken' });
  });

  it('ends an anvil that outlived its killed owner, with nothing lost, and leaves a living owner alone', async () => {
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', OWNER], {
      env: { ...process.env, STATE_FILE: stateFile, FUNDED: testAddresses(1)[0] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(owner);
    const [line] = await once(createInterface(owner.stdout), 'line');
    const { rpcUrl }: { rpcUrl: string } = JSON.parse(String(line));
    await expect(start()).rejects.toMatchObject({ code: 'local/chain-in-use' });
    await callRpc(rpcUrl, 'anvil_mine', ['0x64']);
    const exited = once(owner, 'exit');
    owner.kill('SIGKILL');
    await exited;
    const anvil = await start();
    await expect(callRpc(rpcUrl, 'eth_chainId', [])).rejects.toThrow();
    expect(Number(await callRpc(anvil.rpcUrl, 'eth_blockNumber', []))).toBeGreaterThanOrEqual(100);
  });

  it('says clearly when its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start(port)).rejects.toMatchObject({ code: 'local/port-in-use', disposition: 'stop' });
    server.close();
  });

  it('lets time pass while nothing happens', async () => {
    const anvil = await start();
    const first = Number(await callRpc(anvil.rpcUrl, 'eth_blockNumber', []));
    await until('two blocks', async () => Number(await callRpc(anvil.rpcUrl, 'eth_blockNumber', [])) >= first + 2);
  });
});

const OWNER = `
import { startAnvil } from '${new URL('../../lib/local/evm.ts', import.meta.url).href}';
const anvil = await startAnvil({
  stateFile: process.env.STATE_FILE,
  funded: [process.env.FUNDED],
  log: () => undefined,
});
console.log(JSON.stringify({ rpcUrl: anvil.rpcUrl }));
`;
