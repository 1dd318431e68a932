import type { Hex, LocalAccount } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeConfirmMany,
  encodeOpenAndReveal,
  encodeOpenMany,
  encodeRefundMany,
  encodeRevealMany,
  encodeSettleMany,
} from '../../lib/market/escrow/escrow-calls.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';
import { DISPUTE_WINDOW, makeTrade, type TestTrade } from '../support/trade-parts.ts';

const BATCH = 20;

describe('gas of the escrow', () => {
  let market: TestMarket;
  const seller = testAccount(1);
  const buyers = Array.from({ length: BATCH }, (_, index) => testAccount(10 + index));
  const measured: (readonly [string, bigint])[] = [];

  beforeAll(async () => {
    market = await openTestMarket();
    for (const account of [...buyers, seller]) await market.mint(account.address, 10_000_000n);
    await market.mint(market.escrow, 1n);
  });
  afterAll(() => {
    console.log(measured.map(([what, gas]) => `gas ${what}: ${gas}`).join('\n'));
  });

  async function gasOf(what: string, data: Hex, trades: number, account: LocalAccount = seller): Promise<bigint> {
    const receipt = await market.sender(account).send({ to: market.escrow, data, gas: 12_000_000n });
    expect(receipt.status).toBe('success');
    const each = receipt.gasUsed / BigInt(trades);
    measured.push([what, each]);
    return each;
  }

  async function batch(): Promise<readonly TestTrade[]> {
    return Promise.all(buyers.map((buyer) => makeTrade(market, buyer, seller)));
  }

  it('stays within what makes a trade of cents worth while', { timeout: 120_000 }, async () => {
    const one = await makeTrade(market, testAccount(10), seller);
    expect(await gasOf('openAndReveal, one trade', encodeOpenAndReveal(one.opening, one.k), 1)).toBeLessThan(125_000n);

    const trades = await batch();
    const reveals = trades.map(({ quote, k }) => ({ quote, key: k }));
    const open = encodeOpenMany(trades.map(({ opening }) => opening));
    expect(await gasOf('openMany, a trade of 20', open, BATCH)).toBeLessThan(95_000n);
    expect(await gasOf('revealMany, a trade of 20', encodeRevealMany(reveals), BATCH)).toBeLessThan(20_000n);
    const confirm = encodeConfirmMany(trades.map(({ confirmed }) => confirmed));
    expect(await gasOf('confirmMany, a trade of 20, one seller', confirm, BATCH)).toBeLessThan(25_000n);

    const silent = await batch();
    await gasOf('openMany, a trade of 20, again', encodeOpenMany(silent.map(({ opening }) => opening)), BATCH);
    await gasOf(
      'revealMany, a trade of 20, again',
      encodeRevealMany(silent.map(({ quote, k }) => ({ quote, key: k }))),
      BATCH,
    );
    await market.pass(DISPUTE_WINDOW + 1);
    const settle = encodeSettleMany(silent.map(({ quote }) => quote));
    expect(await gasOf('settleMany, a trade of 20, one seller', settle, BATCH)).toBeLessThan(16_000n);

    const failing = await batch();
    await gasOf('openMany, a trade of 20, thrice', encodeOpenMany(failing.map(({ opening }) => opening)), BATCH);
    const refund = encodeRefundMany(failing.map(({ quote }) => quote));
    expect(await gasOf('refundMany, a trade of 20, 20 buyers', refund, BATCH)).toBeLessThan(45_000n);
  });
});
