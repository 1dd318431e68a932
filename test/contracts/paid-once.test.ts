import type { Hex, LocalAccount } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { escrowAbi } from '../../lib/market/contracts/escrow-abi.ts';
import { encodeConfirmMany, encodeRefundMany, encodeSettleMany } from '../../lib/market/escrow/escrow-calls.ts';
import { createEscrowWriter } from '../../lib/market/escrow/escrow-writer.ts';
import { readTokenBalance } from '../../lib/market/token/token.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';
import { DISPUTE_WINDOW, makeTrade, type TestTrade } from '../support/trade-parts.ts';

const [seller, stranger, buyer] = [testAccount(1), testAccount(2), testAccount(3)];

// An escrow that holds nothing else could not pay twice if it wanted to: here others' money lies beside the trade's.
describe('an escrow that holds the money of other trades', () => {
  let market: TestMarket;
  beforeAll(async () => {
    market = await openTestMarket();
    await market.mint(buyer.address, 1_000_000_000n);
  });

  const writer = (account: LocalAccount) =>
    createEscrowWriter({ client: market.client, sender: market.sender(account), escrow: market.escrow });
  const held = (address: LocalAccount['address']) => readTokenBalance(market.client, market.token, address);
  const creditOf = (account: LocalAccount) =>
    market.client.readContract({
      address: market.escrow,
      abi: escrowAbi,
      functionName: 'creditOf',
      args: [account.address],
    });
  /** Sends a call past the writer's own checks. */
  const force = (account: LocalAccount, data: Hex) =>
    market.sender(account).send({ to: market.escrow, data, gas: 3_000_000n });

  async function opened(count: number): Promise<readonly TestTrade[]> {
    const trades = await Promise.all(Array.from({ length: count }, () => makeTrade(market, buyer, seller)));
    await writer(seller).openMany(trades.map(({ opening }) => opening));
    return trades;
  }

  /** Tries every exit of a trade, again and again, by everybody. */
  async function tryEverything({ quote, confirmed }: TestTrade): Promise<void> {
    const calls = [
      encodeConfirmMany([confirmed, confirmed]),
      encodeSettleMany([quote, quote]),
      encodeRefundMany([quote]),
    ];
    for (const account of [stranger, seller]) for (const data of calls) await force(account, data);
  }

  it('pays a confirmed and a settled trade once, and a refunded one back once', async () => {
    const [confirmed, settled, refunded, ...others] = await opened(6);
    if (confirmed === undefined || settled === undefined || refunded === undefined) throw new Error('no trades');
    const { amount } = confirmed.quote;
    await writer(seller).revealMany([confirmed, settled].map(({ quote, k }) => ({ quote, key: k })));
    const before = { seller: await held(seller.address), buyer: await held(buyer.address) };

    await force(stranger, encodeConfirmMany([confirmed.confirmed]));
    await force(seller, encodeRefundMany([refunded.quote]));
    await tryEverything(confirmed);
    await tryEverything(refunded);
    await market.pass(DISPUTE_WINDOW + 1);
    await force(stranger, encodeSettleMany([settled.quote]));
    for (const trade of [confirmed, settled, refunded]) await tryEverything(trade);

    expect(await held(seller.address)).toBe(before.seller + 2n * amount);
    expect(await held(buyer.address)).toBe(before.buyer + amount);
    expect(await held(market.escrow)).toBe(BigInt(others.length) * amount);
    expect([await creditOf(seller), await creditOf(buyer)]).toEqual([0n, 0n]);
  });

  it('takes money for a request once, whatever other quotes its buyer authorized', async () => {
    const [first] = await opened(1);
    if (first === undefined) throw new Error('no trade');
    const second = await makeTrade(market, buyer, seller, { tradeId: first.quote.tradeId, amount: 60_000n });
    const before = await held(buyer.address);
    const refused = async () => {
      const [item] = (await writer(seller).openMany([second.opening])).items;
      expect(item).toMatchObject({ ok: false, reason: expect.stringMatching(/^WrongState\(/) });
    };
    await refused();
    await writer(seller).revealMany([{ quote: first.quote, key: first.k }]);
    await refused();
    await force(stranger, encodeConfirmMany([first.confirmed]));
    await refused();
    expect(await held(buyer.address)).toBe(before);
  });
});
