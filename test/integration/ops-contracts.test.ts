import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, parseEther } from 'viem';
import { english, generateMnemonic } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUsdc } from '../../lib/core/money.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { projectPath } from '../../lib/files/project.ts';
import { parseMnemonic } from '../../lib/keys/mnemonic.ts';
import { deriveTreasury, deriveWallets, type Wallet } from '../../lib/keys/wallets.ts';
import { createTransactionSender } from '../../lib/market/chain/transaction-sender.ts';
import { readDeployment } from '../../lib/market/escrow/deployment.ts';
import { createEscrowWriter } from '../../lib/market/escrow/escrow-writer.ts';
import { marketDomain, usdcDomain } from '../../lib/market/terms/domain.ts';
import { readTokenBalance, sendTransfer } from '../../lib/market/token/token.ts';
import { BASE_USDC, type BaseChain, startBaseChain } from '../support/base-chain.ts';
import { type OpsRun, swarmOps } from '../support/swarm-ops.ts';
import { makeTrade, randomHex32 } from '../support/trade-parts.ts';

const mnemonic = generateMnemonic(english);
/** Each run of the program takes seconds on a busy machine, and some laws take ten runs. */
const PATIENCE_MS = 400_000;

describe('contracts and funds on a chain like Base', () => {
  let base: BaseChain;
  let dir: string;
  let agents: string;
  let record: string;
  let wallets: readonly Wallet[];
  const treasury = deriveTreasury(parseMnemonic(mnemonic));
  const runs: OpsRun[] = [];

  beforeAll(async () => {
    base = await startBaseChain();
    dir = await mkdtemp(join(tmpdir(), 'kk-ops-'));
    agents = join(dir, 'agents');
    record = join(dir, 'deployments', 'base.json');
    await cp(projectPath('agents'), agents, { recursive: true });
    const written = await ops(['keys', 'derive', '--write', '--agents', agents]);
    expect(written.code, written.stderr).toBe(0);
    wallets = deriveWallets(parseMnemonic(mnemonic), await loadManifests([agents]));
  });
  afterAll(async () => {
    await base?.close();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  async function ops(args: readonly string[], env: Record<string, string> = {}): Promise<OpsRun> {
    const run = await swarmOps([...args, '--mnemonic-fd', '3'], {
      fd3: mnemonic,
      env: { KK_RPC_URL: `${base.anvil.rpcUrl}/?apikey=planted-rpc-key`, ...env },
    });
    runs.push(run);
    return run;
  }

  const deploy = (...args: string[]) =>
    ops(['contracts', 'deploy', '--chain', 'base', '--deployment', record, ...args]);
  const fund = (...args: string[]) => ops(['fund', '--chain', 'base', '--agents', agents, ...args]);
  const verify = async (chain: string, file: string): Promise<OpsRun> => {
    const run = await swarmOps(['contracts', 'verify', '--chain', chain, '--deployment', file], {
      env: { KK_RPC_URL: base.anvil.rpcUrl },
    });
    runs.push(run);
    return run;
  };

  /** Writes a chain's file: Base's, changed. */
  async function chainFile(change: Record<string, unknown>): Promise<string> {
    const file = join(dir, `chain-${runs.length}.json`);
    const config = {
      apiVersion: 'karmakadabra/v1',
      kind: 'Chain',
      name: 'like-base',
      chainId: 8453,
      rpc: { env: 'KK_RPC_URL' },
      token: { address: BASE_USDC, name: 'USD Coin' },
      escrow: { minRevealWindowSeconds: 20, minDisputeWindowSeconds: 86_400 },
      gas: { keepAtLeast: '0.0005', topUpTo: '0.002' },
      ...change,
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  it('deploys only what can be paid and was agreed to, finds it again, and verifies it', {
    timeout: PATIENCE_MS,
  }, async () => {
    const poor = await deploy('--yes');
    expect([poor.code, poor.stderr]).toEqual([1, expect.stringContaining('contracts/payer-short')]);
    await base.setWei(treasury.address, parseEther('1'));
    const asked = await deploy();
    expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('swarm/not-confirmed')]);
    const dry = await deploy('--dry-run');
    expect(dry.code, dry.stderr).toBe(0);
    expect(dry.stdout).toMatch(/about 0\.\d+ ETH, at most 0\.\d+ ETH/);
    expect(await base.client.getTransactionCount({ address: treasury.address })).toBe(0);

    const done = await deploy('--yes');
    expect(done.code, done.stderr).toBe(0);
    const deployment = await readDeployment(record);
    if (deployment === undefined) return expect.fail('no record was written');
    expect(deployment).toMatchObject({ chainId: 8453, token: BASE_USDC, tokenName: 'USD Coin' });
    const { provenance } = JSON.parse(await readFile(record, 'utf8')) as { provenance: Record<string, unknown> };
    expect(provenance).toMatchObject({ chain: 'base', payer: treasury.address, minDisputeWindowSeconds: 86_400 });

    const found = await verify('base', record);
    expect(found.code, found.stderr).toBe(0);

    // The record is lost: the same run finds the same escrow and its block, and pays nothing.
    await rm(record);
    const again = await deploy('--yes');
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toContain('already deployed');
    expect(await readDeployment(record)).toEqual(deployment);
    expect(await base.client.getTransactionCount({ address: treasury.address })).toBe(1);
  });

  it('takes a payment through the proxied token and pays it out', { timeout: PATIENCE_MS }, async () => {
    const deployment = await readDeployment(record);
    const [seller, buyer] = [wallets[1], wallets[6]];
    if (deployment === undefined || seller === undefined || buyer === undefined) return expect.fail('nothing deployed');
    await base.setWei(seller.address, parseEther('0.01'));
    await base.mint(buyer.address, 1_000_000n);
    const parts = {
      domain: marketDomain(8453, deployment.escrow),
      tokenDomain: usdcDomain(8453, deployment.token, deployment.tokenName),
      now: async () => Number((await base.client.getBlock()).timestamp),
    };
    const terms = { revealWindow: 3600, disputeWindow: 86_400 };
    const trade = await makeTrade(parts, buyer.account, seller.account, terms);
    const writer = createEscrowWriter({
      client: base.client,
      sender: createTransactionSender({ client: base.client, account: seller.account }),
      escrow: deployment.escrow,
    });
    await writer.openAndReveal(trade.opening, trade.k);
    const { items } = await writer.confirmMany([trade.confirmed]);
    expect(items.map(({ ok }) => ok)).toEqual([true]);
    expect(await readTokenBalance(base.client, BASE_USDC, seller.address)).toBe(trade.quote.amount);
    await base.setWei(seller.address, 0n);
  });

  it('refuses another chain, another token, another escrow and windows that are too short, before it sends anything', {
    timeout: PATIENCE_MS,
  }, async () => {
    const sepolia = await ops(['contracts', 'deploy', '--chain', 'base-sepolia', '--deployment', record, '--yes']);
    expect([sepolia.code, sepolia.stderr]).toEqual([1, expect.stringContaining('contracts/wrong-chain')]);
    const name = await chainFile({ token: { address: BASE_USDC, name: 'USDC' } });
    const misnamed = await ops(['contracts', 'deploy', '--chain', name, '--yes']);
    expect([misnamed.code, misnamed.stderr]).toEqual([1, expect.stringContaining('EIP-712 domain')]);
    const account = await chainFile({ token: { address: treasury.address, name: 'USD Coin' } });
    const empty = await ops(['contracts', 'deploy', '--chain', account, '--yes']);
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('contracts/wrong-token')]);
    const windows = await chainFile({ escrow: { minRevealWindowSeconds: 20, minDisputeWindowSeconds: 10 } });
    const short = await ops(['contracts', 'deploy', '--chain', windows, '--yes']);
    expect([short.code, short.stderr]).toEqual([1, expect.stringContaining('at least 86400 (24 h) on Base')]);
    const other = await chainFile({});
    const second = await ops(['contracts', 'deploy', '--chain', other, '--deployment', record, '--yes']);
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('contracts/other-deployment')]);
    expect(await base.client.getTransactionCount({ address: treasury.address })).toBe(1);
  });

  it('sees a contract whose code or windows are not the project’s', { timeout: PATIENCE_MS }, async () => {
    const windows = await verify(await chainFile({}), record);
    expect([windows.code, windows.stderr]).toEqual([1, expect.stringContaining('least windows')]);
    const deployment = await readDeployment(record);
    const imposter: Address = '0x00000000000000000000000000000000000000ee';
    await base.setCode(imposter, '0x600160005260206000f3');
    const forged = join(dir, 'forged.json');
    await writeFile(forged, JSON.stringify({ ...deployment, escrow: imposter }));
    const code = await verify('base', forged);
    expect([code.code, code.stderr]).toEqual([1, expect.stringContaining('market/wrong-deployment')]);
  });

  it('gives system agents gas and community agents their day, once', { timeout: PATIENCE_MS }, async () => {
    await base.setWei(treasury.address, parseEther('0.001'));
    const poor = await fund('--yes');
    expect([poor.code, poor.stderr]).toEqual([1, expect.stringContaining('fund/treasury-short')]);

    await base.setWei(treasury.address, parseEther('1'));
    await base.mint(treasury.address, parseUsdc('100'));
    const dry = await ops(['fund', '--chain', 'base', '--agents', agents, '--dry-run', '--treasury', treasury.address]);
    expect(dry.code, dry.stderr).toBe(0);
    const before = await base.client.getTransactionCount({ address: treasury.address });
    const done = await fund('--yes', '--json');
    expect(done.code, done.stderr).toBe(0);
    const { items } = JSON.parse(done.stdout) as { items: { name: string; done?: boolean }[] };
    expect(items.filter((item) => item.done)).toHaveLength(24 - 1);
    const sent = (await base.client.getTransactionCount({ address: treasury.address })) - before;
    // kk-juanjumagalp has more than its day's budget from the trade above.
    expect(sent).toBe(6 + 17);
    for (const [place, { address, name }] of wallets.entries()) {
      expect(await base.client.getBalance({ address }), name).toBe(place < 6 ? parseEther('0.002') : 0n);
    }

    // One of them spends it all: its day is over, also for a second run.
    const spender = wallets[8];
    if (spender === undefined) return expect.fail('there is no such agent');
    await base.setWei(spender.address, parseEther('0.01'));
    const all = await readTokenBalance(base.client, BASE_USDC, spender.address);
    const away = { to: treasury.address, amountAtomic: all, nonce: randomHex32() };
    const sender = createTransactionSender({ client: base.client, account: spender.account });
    await sendTransfer(base.client, sender, usdcDomain(8453, BASE_USDC), away);
    const again = await fund('--yes');
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toContain('Nothing to send.');
    await base.setWei(wallets[2]?.address ?? BASE_USDC, 1n);
    const topUp = await fund('--yes');
    expect(topUp.stdout).toContain('Sent to 1 agents.');
  });

  it('gives system agents their start where the days are said, once', { timeout: PATIENCE_MS }, async () => {
    const extractor = wallets[2];
    if (extractor === undefined) return expect.fail('there is no such agent');
    const before = await readTokenBalance(base.client, BASE_USDC, extractor.address);
    const dry = await fund('--backlog-days', '30', '--dry-run', '--json');
    expect(dry.code, dry.stderr).toBe(0);
    const { items } = JSON.parse(dry.stdout) as { items: { name: string; sendAtomic?: string }[] };
    expect(items.filter(({ sendAtomic = '0' }) => sendAtomic !== '0')).toHaveLength(6);
    const done = await fund('--backlog-days', '30', '--yes');
    expect(done.code, done.stderr).toBe(0);
    // The reserve, 30 days of chat, and a day's validations.
    const start = parseUsdc('0.2') + 30n * parseUsdc('0.012') + 12n * parseUsdc('0.001');
    expect(await readTokenBalance(base.client, BASE_USDC, extractor.address)).toBe(before + start);
    const again = await fund('--backlog-days', '60', '--yes');
    expect(again.stdout).toContain('Nothing to send.');
  });

  it('shows no key, mnemonic or RPC address in anything that others can see', { timeout: PATIENCE_MS }, async () => {
    const planted = [
      mnemonic,
      mnemonic.split(' ').slice(0, 3).join(' '),
      ...[...wallets, treasury].map((wallet) => wallet.privateKey().slice(2)),
    ];
    expect(runs.length).toBeGreaterThan(15);
    for (const { stdout, stderr, shown } of runs) {
      for (const value of planted) expect([stdout, stderr, shown].some((place) => place.includes(value))).toBe(false);
      for (const place of [stdout, stderr]) expect(place).not.toContain('planted-rpc-key');
    }
    expect(await readFile(record, 'utf8')).not.toContain('planted-rpc-key');
  });
});
