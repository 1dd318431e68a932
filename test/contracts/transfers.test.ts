import { encodeFunctionData, type Hex } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ChainClient } from '../../lib/market/chain/chain-client.ts';
import { createTransactionSender } from '../../lib/market/chain/transaction-sender.ts';
import { usdcAbi } from '../../lib/market/contracts/usdc-abi.ts';
import { readTokenBalance, sendTransfer } from '../../lib/market/token/token.ts';
import { readTransfers } from '../../lib/market/token/transfers.ts';
import { deployFixture } from '../support/contract-fixtures.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';
import { randomHex32 } from '../support/trade-parts.ts';

const [payer, payee, stranger] = [testAccount(2), testAccount(3), testAccount(4)];

describe('transfers of the token', () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await openTestMarket();
    await market.mint(payer.address, 1_000n);
  });

  it('move a transfer’s money once, however often it is sent', async () => {
    const transfer = { to: payee.address, amountAtomic: 7n, nonce: randomHex32() };
    const before = await readTokenBalance(market.client, market.token, payee.address);
    const tx = await sendTransfer(market.client, market.sender(payer), market.tokenDomain, transfer);
    expect(await sendTransfer(market.client, market.sender(payer), market.tokenDomain, transfer)).toBeUndefined();
    expect(await readTokenBalance(market.client, market.token, payee.address)).toBe(before + 7n);
    const toBlock = await market.client.getBlockNumber();
    const records = await readTransfers(market.client, market.token, payee.address, { fromBlock: 0n, toBlock });
    expect(records.filter((record) => record.tx === tx)).toMatchObject([{ amountAtomic: 7n }]);
  });

  it('can’t be carried out by the node a day after it was shown them, and are sent anew', async () => {
    const shown: Hex[] = [];
    const { client, token, tokenDomain } = market;
    const mute: ChainClient = {
      ...client,
      call: async (question) => {
        if (question.data !== undefined) shown.push(question.data);
        return await client.call(question);
      },
      sendRawTransaction: async () => {
        throw new Error('connection reset');
      },
    };
    const transfer = { to: payee.address, amountAtomic: 5n, nonce: randomHex32() };
    const before = await readTokenBalance(client, token, payee.address);
    const sender = createTransactionSender({ client: mute, account: payer });
    await expect(sendTransfer(mute, sender, tokenDomain, transfer)).rejects.toMatchObject({
      code: 'market/tx-pending',
    });
    const [data] = shown;
    if (data === undefined) throw new Error('the node was not asked');
    const cash = () => client.call({ account: stranger.address, to: token, data });
    await cash();
    // The chain's time goes on by itself as well.
    await market.pass(86_000);
    await cash();
    await market.pass(400);
    await expect(cash()).rejects.toThrow();
    expect(await sendTransfer(client, market.sender(payer), tokenDomain, transfer)).toMatch(/^0x/);
    expect(await sendTransfer(client, market.sender(payer), tokenDomain, transfer)).toBeUndefined();
    expect(await readTokenBalance(client, token, payee.address)).toBe(before + 5n);
  });

  it('cost nothing where the token would refuse them, and say why', async () => {
    const fixture = await deployFixture(market, 'BlocklistUSDC');
    await fixture.callToken('mint', [payer.address, 100n]);
    await fixture.callToken('setBlocked', [payee.address, true]);
    const wei = await market.client.getBalance({ address: payer.address });
    const send = (to: typeof payee, amountAtomic: bigint) =>
      sendTransfer(market.client, market.sender(payer), fixture.tokenDomain, {
        to: to.address,
        amountAtomic,
        nonce: randomHex32(),
      });
    const code = 'market/transfer-refused';
    await expect(send(stranger, 101n)).rejects.toMatchObject({ code, message: expect.stringMatching(/Insufficient/) });
    await expect(send(payee, 1n)).rejects.toMatchObject({ code, disposition: 'wait' });
    expect(await market.client.getBalance({ address: payer.address })).toBe(wei);
    expect(await send(stranger, 100n)).toMatch(/^0x/);
  });

  it('of nothing, which anybody can make in anybody’s name, are not read', async () => {
    const data = encodeFunctionData({
      abi: usdcAbi,
      functionName: 'transferFrom',
      args: [payer.address, payee.address, 0n],
    });
    const { status, blockNumber } = await market.sender(stranger).send({ to: market.token, data, gas: 100_000n });
    expect(status).toBe('success');
    const range = { fromBlock: blockNumber, toBlock: blockNumber };
    expect(await readTransfers(market.client, market.token, payer.address, range)).toEqual([]);
  });
});
