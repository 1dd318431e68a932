import { decodeFunctionResult, encodeFunctionData, type Hex, type LocalAccount } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { escrowAbi } from '../../lib/market/contracts/escrow-abi.ts';
import { encodeOpenAndReveal, encodeRefundMany, encodeSettleMany } from '../../lib/market/escrow/escrow-calls.ts';
import { revertData } from '../../lib/market/escrow/escrow-preflight.ts';
import { describeError } from '../../lib/market/escrow/escrow-receipt.ts';
import { createEscrowWriter, type EscrowReceipt } from '../../lib/market/escrow/escrow-writer.ts';
import { readTokenBalance } from '../../lib/market/token/token.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';
import { DISPUTE_WINDOW, makeTrade, REVEAL_WINDOW, randomHex32, type TestTrade } from '../support/trade-parts.ts';

const [seller, stranger, buyer, otherBuyer] = [testAccount(1), testAccount(2), testAccount(3), testAccount(4)];

describe('the escrow', () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await openTestMarket();
    for (const account of [buyer, otherBuyer]) await market.mint(account.address, 1_000_000_000n);
  });

  const writer = (account: LocalAccount) =>
    createEscrowWriter({ client: market.client, sender: market.sender(account), escrow: market.escrow });
  const balance = (account: LocalAccount) => readTokenBalance(market.client, market.token, account.address);
  const oks = (receipt: EscrowReceipt) => receipt.items.map((item) => item.ok);
  const reasons = (receipt: EscrowReceipt) => receipt.items.map((item) => (item.ok ? 'ok' : item.reason));
  const reveal = (trade: TestTrade) => ({ quote: trade.quote, key: trade.k });

  async function opened(count = 1): Promise<readonly TestTrade[]> {
    const trades = await Promise.all(Array.from({ length: count }, () => makeTrade(market, buyer, seller)));
    expect(oks(await writer(seller).openMany(trades.map(({ opening }) => opening)))).toEqual(trades.map(() => true));
    return trades;
  }

  async function revealed(count = 1): Promise<readonly TestTrade[]> {
    const trades = await opened(count);
    expect(oks(await writer(seller).revealMany(trades.map(reveal)))).toEqual(trades.map(() => true));
    return trades;
  }

  /** Sends a call past the writer's own checks. */
  async function force(account: LocalAccount, data: Hex) {
    return market.sender(account).send({ to: market.escrow, data, gas: 3_000_000n });
  }

  it('hashes a quote and keys a trade as the client does', async () => {
    const { quote, quoteHash, escrowKey } = await makeTrade(market, buyer, seller);
    const contract = { address: market.escrow, abi: escrowAbi } as const;
    const message = { ...quote, size: BigInt(quote.size) };
    expect(await market.client.readContract({ ...contract, functionName: 'quoteHashOf', args: [message] })).toBe(
      quoteHash,
    );
    const args = [quote.buyer, quote.seller, quote.tradeId] as const;
    expect(await market.client.readContract({ ...contract, functionName: 'keyOf', args })).toBe(escrowKey);
  });

  it('pays the seller once when the buyer confirms, and never again', async () => {
    const [trade] = await revealed();
    if (trade === undefined) throw new Error('no trade');
    const before = await balance(seller);
    expect(oks(await writer(stranger).confirmMany([trade.confirmed]))).toEqual([true]);
    expect(await balance(seller)).toBe(before + trade.quote.amount);
    await market.pass(DISPUTE_WINDOW + 1);
    await force(stranger, encodeSettleMany([trade.quote, trade.quote]));
    await writer(stranger).confirmMany([trade.confirmed]);
    await writer(seller).refundMany([trade.quote]);
    expect(oks(await writer(seller).openMany([trade.opening]))).toEqual([false]);
    expect(await balance(seller)).toBe(before + trade.quote.amount);
  });

  it('pays a trade that stands twice in a batch once', async () => {
    const [trade] = await revealed();
    if (trade === undefined) throw new Error('no trade');
    const before = await balance(seller);
    await market.pass(DISPUTE_WINDOW + 1);
    await force(stranger, encodeSettleMany([trade.quote, trade.quote]));
    expect(await balance(seller)).toBe(before + trade.quote.amount);
  });

  it('pays the silent buyer’s seller after the dispute window and not before', async () => {
    const trades = await revealed(2);
    const quotes = trades.map(({ quote }) => quote);
    expect(oks(await writer(stranger).settleMany(quotes))).toEqual([false, false]);
    await market.pass(DISPUTE_WINDOW + 1);
    const before = await balance(seller);
    expect(oks(await writer(stranger).settleMany(quotes))).toEqual([true, true]);
    expect(await balance(seller)).toBe(before + 100_000n);
  });

  it('pays the buyer back after a missed reveal: anyone then, the seller at any time, nobody else before', async () => {
    const [early, late] = await opened(2);
    if (early === undefined || late === undefined) throw new Error('no trades');
    const before = await balance(buyer);
    expect(oks(await writer(stranger).refundMany([early.quote, late.quote]))).toEqual([false, false]);
    expect(oks(await writer(seller).refundMany([early.quote]))).toEqual([true]);
    await market.pass(REVEAL_WINDOW + 1);
    expect(reasons(await writer(seller).revealMany([reveal(late)]))[0]).toMatch(/^TooLate\(/);
    expect(oks(await writer(stranger).refundMany([late.quote]))).toEqual([true]);
    expect(await balance(buyer)).toBe(before + 100_000n);
  });

  it('refuses a wrong key, a stranger’s reveal and a second reveal', async () => {
    const [trade] = await opened();
    if (trade === undefined) throw new Error('no trade');
    const wrong = await writer(seller).revealMany([{ quote: trade.quote, key: randomHex32() }]);
    expect(reasons(wrong)[0]).toMatch(/^WrongKey\(/);
    expect(reasons(await writer(stranger).revealMany([reveal(trade)]))[0]).toMatch(/^NotSeller\(/);
    expect(oks(await writer(seller).revealMany([reveal(trade)]))).toEqual([true]);
    expect(reasons(await writer(seller).revealMany([reveal(trade)]))[0]).toMatch(/^WrongState\(/);
  });

  it('does nothing with a quote that differs from the opened one in any field', async () => {
    const [trade] = await opened();
    if (trade === undefined) throw new Error('no trade');
    const { quote, k } = trade;
    const forged = [
      { ...quote, amount: 1_000_000n },
      { ...quote, keyHash: randomHex32() },
      { ...quote, contentRoot: randomHex32() },
      { ...quote, sealedRoot: randomHex32() },
      { ...quote, size: quote.size + 1 },
      { ...quote, disputeWindow: 0 },
      { ...quote, revealWindow: 21 },
      { ...quote, expiry: quote.expiry + 1 },
      { ...quote, token: stranger.address },
    ];
    const receipt = await writer(seller).revealMany(forged.map((fake) => ({ quote: fake, key: k })));
    for (const reason of reasons(receipt)) expect(reason).toMatch(/^WrongQuote\(/);
    expect(oks(await writer(seller).refundMany([{ ...quote, amount: 1_000_000n }]))).toEqual([false]);
  });

  it('opens for the quote’s seller only, in time, with the escrow’s token, windows and the buyer’s signature', async () => {
    const good = await makeTrade(market, buyer, seller);
    const bad: readonly (readonly [Promise<TestTrade>, RegExp])[] = [
      [makeTrade(market, buyer, stranger), /^NotSeller\(/],
      [makeTrade(market, buyer, seller, { expiry: await market.now() }), /^Expired\(/],
      [makeTrade(market, buyer, seller, { token: stranger.address }), /^WrongToken\(/],
      [makeTrade(market, buyer, seller, { amount: 0n }), /^ZeroAmount/],
      [makeTrade(market, buyer, seller, { revealWindow: 19 }), /^BadWindows\(/],
      [makeTrade(market, buyer, seller, { disputeWindow: 9 }), /^BadWindows\(/],
      [makeTrade(market, buyer, seller, { revealWindow: 604_791 }), /^BadWindows\(/],
      [makeTrade(market, stranger, seller), /^ERC20InsufficientBalance\(/],
    ];
    for (const [making, reason] of bad) {
      const receipt = await writer(seller).openMany([(await making).opening]);
      expect(receipt.tx).toBeUndefined();
      expect(reasons(receipt)[0]).toMatch(reason);
    }
    const { authorization } = (await makeTrade(market, otherBuyer, seller)).opening;
    const forged = await writer(seller).openMany([{ quote: good.quote, authorization }]);
    expect(reasons(forged)[0]).toMatch(/^ERC3009InvalidSignature/);
    expect(oks(await writer(seller).openMany([good.opening]))).toEqual([true]);
    expect(reasons(await writer(seller).openMany([good.opening]))[0]).toMatch(/^WrongState\(/);
  });

  it('skips what fails in a batch, says why, and does the rest', async () => {
    const poor = await makeTrade(market, stranger, seller);
    const good = await makeTrade(market, buyer, seller);
    const foreign = await makeTrade(market, buyer, stranger);
    const data = encodeFunctionData({
      abi: escrowAbi,
      functionName: 'openMany',
      args: [[poor, good, foreign].map(({ opening }) => openItemOf(opening))],
    });
    const call = await market.client.call({ account: seller, to: market.escrow, data });
    if (call.data === undefined) throw new Error('no result');
    expect(decodeFunctionResult({ abi: escrowAbi, functionName: 'openMany', data: call.data })).toBe(1n);
    const receipt = await force(seller, data);
    expect(receipt.status).toBe('success');
    expect(receipt.logs.filter((log) => log.address === market.escrow)).toHaveLength(3);
    const receipts = await writer(seller).revealMany([poor, good, foreign].map(reveal));
    expect(oks(receipts)).toEqual([false, true, false]);
  });

  it('settles no trade on another buyer’s confirmation or on one for another quote', async () => {
    const [trade, other] = await revealed(2);
    if (trade === undefined || other === undefined) throw new Error('no trades');
    const swapped = { quote: trade.quote, confirmation: other.confirmed.confirmation };
    const forged = await makeTrade(market, otherBuyer, seller, { ...trade.quote, buyer: otherBuyer.address });
    const stolen = { quote: trade.quote, confirmation: forged.confirmed.confirmation };
    expect(oks(await writer(stranger).confirmMany([swapped, stolen]))).toEqual([false, false]);
    expect(oks(await writer(stranger).confirmMany([other.confirmed, trade.confirmed]))).toEqual([true, true]);
  });

  it('opens and reveals at once or not at all', async () => {
    const trade = await makeTrade(market, buyer, seller);
    const before = await balance(buyer);
    const wrong = await force(seller, encodeOpenAndReveal(trade.opening, randomHex32()));
    expect(wrong.status).toBe('reverted');
    expect(await balance(buyer)).toBe(before);
    expect(oks(await writer(seller).openAndReveal(trade.opening, trade.k))).toEqual([true]);
    expect(await balance(buyer)).toBe(before - trade.quote.amount);
  });

  it('takes the actions of a trade up to the deadline’s very second and its exits only after it', async () => {
    const [trade] = await opened();
    if (trade === undefined) throw new Error('no trade');
    const { quote, k } = trade;
    const message = { ...quote, size: BigInt(quote.size) };
    const reveal = encodeFunctionData({ abi: escrowAbi, functionName: 'reveal', args: [{ quote: message, k }] });
    const deadline = await deadlineOf(trade);
    expect(await callAt(deadline, seller, reveal)).toBe('0x');
    expect(await callAt(deadline + 1n, seller, reveal)).toMatch(/^TooLate\(/);
    expect(BigInt(await callAt(deadline, stranger, encodeRefundMany([quote])))).toBe(0n);
    expect(BigInt(await callAt(deadline + 1n, stranger, encodeRefundMany([quote])))).toBe(1n);

    expect(oks(await writer(seller).revealMany([{ quote, key: k }]))).toEqual([true]);
    const payable = await deadlineOf(trade);
    expect(BigInt(await callAt(payable, stranger, encodeSettleMany([quote])))).toBe(0n);
    expect(BigInt(await callAt(payable + 1n, stranger, encodeSettleMany([quote])))).toBe(1n);
  });

  /** What a call at a block time would return, or the error it would revert with. */
  async function callAt(time: bigint, account: LocalAccount, data: Hex): Promise<string> {
    try {
      const call = await market.client.call({ account, to: market.escrow, data, blockOverrides: { time } });
      return call.data ?? '0x';
    } catch (error) {
      const revert = revertData(error);
      if (revert === undefined) throw error;
      return describeError(revert);
    }
  }

  async function deadlineOf(trade: TestTrade): Promise<bigint> {
    const [, deadline] = await market.client.readContract({
      address: market.escrow,
      abi: escrowAbi,
      functionName: 'tradeOf',
      args: [trade.escrowKey],
    });
    return deadline;
  }
});

function openItemOf({ quote, authorization }: TestTrade['opening']) {
  const { signature } = authorization;
  const parity = signature.endsWith('1c') ? 1n << 255n : 0n;
  const vs = BigInt(`0x${signature.slice(66, 130)}`) | parity;
  return {
    quote: { ...quote, size: BigInt(quote.size) },
    r: `0x${signature.slice(2, 66)}` as Hex,
    vs: `0x${vs.toString(16).padStart(64, '0')}` as Hex,
  };
}
