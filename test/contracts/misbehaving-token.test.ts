import { encodeFunctionData } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { escrowAbi } from '../../lib/market/contracts/escrow-abi.ts';
import { encodeSettleMany } from '../../lib/market/escrow/escrow-calls.ts';
import { createEscrowWriter } from '../../lib/market/escrow/escrow-writer.ts';
import { readTokenBalance } from '../../lib/market/token/token.ts';
import { deployFixture, type FixtureMarket } from '../support/contract-fixtures.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';
import { DISPUTE_WINDOW, makeTrade } from '../support/trade-parts.ts';

const [seller, otherSeller, buyer] = [testAccount(1), testAccount(2), testAccount(3)];

const withdrawal = encodeFunctionData({ abi: escrowAbi, functionName: 'withdraw', args: [seller.address] });

describe('an escrow whose token misbehaves', () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await openTestMarket();
  });

  const credit = (fixture: FixtureMarket, account: { readonly address: `0x${string}` }) =>
    market.client.readContract({
      address: fixture.escrow,
      abi: escrowAbi,
      functionName: 'creditOf',
      args: [account.address],
    });

  for (const quiet of [false, true]) {
    it(`credits what the token refuses ${quiet ? 'by returning false' : 'by reverting'}, and pays everybody else`, async () => {
      const fixture = await deployFixture(market, 'BlocklistUSDC');
      const balance = (account: { readonly address: `0x${string}` }) =>
        readTokenBalance(market.client, fixture.token, account.address);
      await fixture.callToken('mint', [buyer.address, 1_000_000n]);
      await fixture.callToken('setQuiet', [quiet]);
      const writer = createEscrowWriter({
        client: market.client,
        sender: market.sender(seller),
        escrow: fixture.escrow,
      });
      const other = createEscrowWriter({
        client: market.client,
        sender: market.sender(otherSeller),
        escrow: fixture.escrow,
      });
      const [mine, theirs] = [await makeTrade(fixture, buyer, seller), await makeTrade(fixture, buyer, otherSeller)];
      await writer.openAndReveal(mine.opening, mine.k);
      await other.openAndReveal(theirs.opening, theirs.k);

      await fixture.callToken('setBlocked', [seller.address, true]);
      const { items } = await other.confirmMany([mine.confirmed, theirs.confirmed]);
      expect(items.map((item) => item.ok)).toEqual([true, true]);
      expect(await balance(otherSeller)).toBe(50_000n);
      expect(await credit(fixture, seller)).toBe(50_000n);
      const withdraw = () => market.sender(otherSeller).send({ to: fixture.escrow, data: withdrawal, gas: 200_000n });
      expect((await withdraw()).status).toBe('reverted');

      await fixture.callToken('setBlocked', [seller.address, false]);
      expect((await withdraw()).status).toBe('success');
      expect(await balance(seller)).toBe(50_000n);
      expect(await credit(fixture, seller)).toBe(0n);
      expect(await balance({ address: fixture.escrow })).toBe(0n);
      expect((await withdraw()).status).toBe('reverted');
    });
  }

  it('lets no call back in while money moves', async () => {
    const fixture = await deployFixture(market, 'ReentrantUSDC');
    await fixture.callToken('mint', [buyer.address, 1_000_000n]);
    const writer = createEscrowWriter({ client: market.client, sender: market.sender(seller), escrow: fixture.escrow });
    const [trade, next] = [await makeTrade(fixture, buyer, seller), await makeTrade(fixture, buyer, seller)];
    await writer.openAndReveal(trade.opening, trade.k);
    await writer.openAndReveal(next.opening, next.k);
    await market.pass(DISPUTE_WINDOW + 1);
    for (const data of [encodeSettleMany([next.quote]), withdrawal]) {
      await fixture.callToken('callBack', [fixture.escrow, data]);
      await writer.settleMany([trade.quote]);
    }
    const [state] = await market.client.readContract({
      address: fixture.escrow,
      abi: escrowAbi,
      functionName: 'tradeOf',
      args: [next.escrowKey],
    });
    expect(state).toBe(2);
    expect(await readTokenBalance(market.client, fixture.token, seller.address)).toBe(50_000n);
  });
});
