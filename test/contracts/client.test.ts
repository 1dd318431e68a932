import { encodeFunctionData, parseAbi, parseSignature } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { createChainClient } from '../../lib/market/chain/chain-client.ts';
import { createTransactionSender } from '../../lib/market/chain/transaction-sender.ts';
import { escrowArtifact, isCodeOf, testUsdcArtifact } from '../../lib/market/contracts/artifact.ts';
import { deployMarket, mintTestUsdc } from '../../lib/market/escrow/deploy-test-market.ts';
import { createEscrowIndex } from '../../lib/market/escrow/escrow-index.ts';
import { createEscrowWriter, MAX_BATCH } from '../../lib/market/escrow/escrow-writer.ts';
import { verifyEscrow } from '../../lib/market/escrow/verify-escrow.ts';
import { createMarketHost } from '../../lib/market/market-host.ts';
import { readTokenBalance } from '../../lib/market/token/token.ts';
import { followChainClock, openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';
import { makeTrade, REVEAL_WINDOW, randomHex32 } from '../support/trade-parts.ts';

const [seller, buyer, payee] = [testAccount(1), testAccount(2), testAccount(3)];

describe('the market’s client', () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await openTestMarket();
    await followChainClock(market);
    await market.mint(buyer.address, 1_000_000_000n);
  });

  const writer = () =>
    createEscrowWriter({ client: market.client, sender: market.sender(seller), escrow: market.escrow });
  const newIndex = (throttleMs = 500) => {
    const { client, escrow, token, chainId } = market;
    return createEscrowIndex({ client, chainId, escrow, token, fromBlock: 0n, throttleMs });
  };

  it('sees a trade through all its states, with its key and transactions', async () => {
    const index = newIndex();
    const trade = await makeTrade(market, buyer, seller);
    const look = async () => {
      await index.refresh({ force: true });
      return (await index.view(buyer.address)).trade(trade.escrowKey);
    };
    expect(await look()).toBeUndefined();
    const { tx: openTx } = await writer().openMany([trade.opening]);
    const { quote, quoteHash } = trade;
    const opened = await look();
    expect(opened).toMatchObject({ trade: quote.tradeId, buyer: quote.buyer, seller: quote.seller, quoteHash });
    expect(opened).toMatchObject({ state: 'opened', amountAtomic: 50_000n, revealedKey: undefined });
    expect(opened?.txs).toEqual({ opened: openTx });
    expect(opened?.deadline).toBe((opened?.openedAt ?? 0) + REVEAL_WINDOW);
    await writer().revealMany([{ quote, key: trade.k }]);
    expect(await look()).toMatchObject({ state: 'revealed', revealedKey: trade.k });
    await writer().confirmMany([trade.confirmed]);
    const settled = await look();
    expect(settled?.state).toBe('settled');
    expect(Object.keys(settled?.txs ?? {})).toEqual(['opened', 'revealed', 'settled']);
    expect(settled?.confirmations).toBeGreaterThanOrEqual(3n);
  });

  it('shares one reading among all agents, but shows a forced one what was just done', async () => {
    const index = newIndex(60_000);
    const [first, second] = await Promise.all([index.refresh(), index.refresh()]);
    expect(second).toBe(first);
    expect(await index.refresh()).toBe(first);
    const trade = await makeTrade(market, buyer, seller);
    const before = index.refresh({ force: true });
    await writer().openMany([trade.opening]);
    const [, after] = await Promise.all([before, index.refresh({ force: true })]);
    expect(after.trades.get(trade.escrowKey)?.state).toBe('opened');
  });

  it('shows an account what it has just done, however new the last reading is', async () => {
    const { rpcUrl, chainId, escrow, token } = market;
    const host = createMarketHost(rpcUrl, { chainId, escrow, token, fromBlock: 0 });
    const trade = await makeTrade(market, buyer, seller);
    const look = async () => (await host.index.view(seller.address)).trade(trade.escrowKey)?.state;
    const own = host.escrowWriter(seller);
    // Somebody else has the chain read while the transaction is on its way, and again a moment before the look.
    const during = (done: Promise<unknown>) => Promise.all([done, host.index.refresh({ force: true })]);
    await during(own.openMany([trade.opening]));
    expect(await look()).toBe('opened');
    await during(own.revealMany([{ quote: trade.quote, key: trade.k }]));
    expect(await look()).toBe('revealed');
    await during(own.confirmMany([trade.confirmed]));
    expect(await look()).toBe('settled');
  });

  it('follows a chain that goes back to an older state', async () => {
    const index = newIndex(0);
    const kept = await makeTrade(market, buyer, seller);
    await writer().openMany([kept.opening]);
    await callRpc(market.rpcUrl, 'anvil_mine', ['0x28']);
    // A block is final when it was read twice.
    await index.refresh();
    await index.refresh();
    const snapshot = await callRpc(market.rpcUrl, 'evm_snapshot', []);
    const lost = await makeTrade(market, buyer, seller);
    await writer().openMany([lost.opening]);
    await callRpc(market.rpcUrl, 'anvil_mine', ['0x40']);
    expect((await index.refresh()).trades.has(lost.escrowKey)).toBe(true);
    await index.refresh();
    await callRpc(market.rpcUrl, 'evm_revert', [snapshot]);
    await expect(index.refresh()).rejects.toMatchObject({ code: 'market/chain-behind' });
    await callRpc(market.rpcUrl, 'anvil_mine', ['0x50']);
    const { trades } = await index.refresh();
    expect(trades.has(lost.escrowKey)).toBe(false);
    expect(trades.get(kept.escrowKey)?.state).toBe('opened');
  });

  it('begins where it stopped before a restart, and anew on a chain that is another', async () => {
    const { client, escrow, token, chainId, rpcUrl } = market;
    let text: string | undefined;
    const keep = {
      read: async () => text,
      write: async (given: string) => {
        text = given;
      },
    };
    const asked: bigint[] = [];
    const watched: typeof client = {
      ...client,
      getLogs: (async (question: { fromBlock: bigint }) => {
        asked.push(question.fromBlock);
        return client.getLogs(question as never);
      }) as never,
    };
    const open = () =>
      createEscrowIndex({
        ...{ client: watched, chainId, escrow, token, fromBlock: 0n, throttleMs: 0 },
        keep,
      });
    const first = await makeTrade(market, buyer, seller);
    await writer().openMany([first.opening]);
    await callRpc(rpcUrl, 'anvil_mine', ['0x20']);
    const snapshot = await callRpc(rpcUrl, 'evm_snapshot', []);
    const stopped = open();
    await stopped.refresh();
    const before = await stopped.refresh();
    expect(asked.splice(0)[0]).toBe(0n);

    const second = await makeTrade(market, buyer, seller);
    await writer().openMany([second.opening]);
    const after = await open().refresh();
    expect(asked.splice(0)[0]).toBe((before.anchor?.number ?? 0n) + 1n);
    expect(after.trades.get(first.escrowKey)).toEqual(before.trades.get(first.escrowKey));
    expect(after.trades.get(second.escrowKey)?.state).toBe('opened');

    // The kept block is no longer there: nothing of the file is believed.
    text = text?.replace(before.anchor?.hash ?? '', randomHex32());
    await callRpc(rpcUrl, 'evm_revert', [snapshot]);
    const anew = await open().refresh();
    expect(asked.splice(0)[0]).toBe(0n);
    expect(anew.trades.has(second.escrowKey)).toBe(false);
    expect(anew.trades.get(first.escrowKey)?.state).toBe('opened');
    text = '{"kind":';
    expect((await open().refresh()).trades.size).toBe(anew.trades.size);
  });

  it('takes the refusal of a transaction that was mined already for its success', async () => {
    const { client } = market;
    // What a client does that lost the node's first answer and asks again.
    const forgetful: typeof client = {
      ...client,
      sendRawTransaction: async (transaction) => {
        const hash = await client.sendRawTransaction(transaction);
        while ((await client.getTransactionReceipt({ hash }).catch(() => undefined)) === undefined);
        return await client.sendRawTransaction(transaction);
      },
    };
    const receipt = await createTransactionSender({ client: forgetful, account: payee }).send({
      to: payee.address,
      data: '0x',
      gas: 50_000n,
    });
    expect(receipt.status).toBe('success');
  });

  describe('opening and revealing at once', () => {
    /** A trade whose buyer took its payment back. */
    async function makeCanceled() {
      const trade = await makeTrade(market, buyer, seller, { amount: 1_000n });
      const message = { authorizer: buyer.address, nonce: trade.quoteHash };
      const types = {
        CancelAuthorization: [
          { name: 'authorizer', type: 'address' },
          { name: 'nonce', type: 'bytes32' },
        ],
      } as const;
      const primaryType = 'CancelAuthorization';
      const signed = await buyer.signTypedData({ domain: market.tokenDomain, types, primaryType, message });
      const { r, s, yParity } = parseSignature(signed);
      const data = encodeFunctionData({
        abi: parseAbi(['function cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)']),
        args: [buyer.address, trade.quoteHash, 27 + yParity, r, s],
      });
      const { status } = await market.sender(buyer).send({ to: market.token, gas: 200_000n, data });
      expect(status).toBe('success');
      return trade;
    }

    it('shows no key where the opening would fail', async () => {
      const trade = await makeCanceled();
      const sent = await market.client.getTransactionCount({ address: seller.address });
      const { tx, items } = await writer().openAndReveal(trade.opening, trade.k);
      expect(tx).toBeUndefined();
      expect(items).toMatchObject([{ ok: false, reason: expect.stringContaining('UsedAuthorization') }]);
      expect(await market.client.getTransactionCount({ address: seller.address })).toBe(sent);
    });

    it('is tried once a trade: then it is only opened', async () => {
      const trade = await makeCanceled();
      const { client, escrow } = market;
      const blind: typeof client = { ...client, call: async () => ({ data: undefined }) };
      const careless = createEscrowWriter({ client: blind, sender: market.sender(seller), escrow });
      const inputs = [];
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const { tx, items } = await careless.openAndReveal(trade.opening, trade.k);
        if (tx === undefined) throw new Error('nothing sent');
        expect(items).toMatchObject([{ ok: false }]);
        inputs.push((await client.getTransaction({ hash: tx })).input);
      }
      expect(inputs.map((input) => input.includes(trade.k.slice(2)))).toEqual([true, false]);
    });
  });

  it('does a full batch within the gas of one transaction and leaves the rest for the next', {
    timeout: 60_000,
  }, async () => {
    const trades = await Promise.all(Array.from({ length: MAX_BATCH + 2 }, () => makeTrade(market, buyer, seller)));
    const { items, tx } = await writer().openMany(trades.map(({ opening }) => opening));
    expect(items.filter((item) => item.ok)).toHaveLength(MAX_BATCH);
    if (tx === undefined) throw new Error('nothing sent');
    expect((await market.client.getTransaction({ hash: tx })).gas).toBeLessThan(16_777_216n);
  });

  it('finds its contracts again and refuses others', async () => {
    const settings = { minRevealWindow: 20, minDisputeWindow: 10 };
    const again = await deployMarket(market.client, market.sender(market.deployer), settings);
    expect(again).toEqual({ token: market.token, escrow: market.escrow });
    const { client, token, escrow } = market;
    const other = { minRevealWindow: 20, minDisputeWindow: 86_400 };
    await expect(verifyEscrow(client, escrow, token, other)).rejects.toMatchObject({ code: 'market/wrong-deployment' });
    await expect(verifyEscrow(client, token, token, settings)).rejects.toMatchObject({
      code: 'market/wrong-deployment',
    });
    const code = await client.getCode({ address: escrow });
    if (code === undefined) throw new Error('no code');
    expect(isCodeOf(escrowArtifact, code)).toBe(true);
    expect(isCodeOf(testUsdcArtifact, code)).toBe(false);
    await expect(mintTestUsdc(market.sender(seller), token, seller.address, 1n)).rejects.toMatchObject({
      code: 'market/mint-refused',
    });
  });

  it('says that the chain can’t be reached without saying where', async () => {
    const client = createChainClient('http://127.0.0.1:1/secret-key', market.chainId);
    const reading = readTokenBalance(client, market.token, payee.address);
    await expect(reading).rejects.toMatchObject({ code: 'market/chain-unreachable', disposition: 'wait' });
    await expect(reading).rejects.not.toThrow(/secret-key/);
  });
});
