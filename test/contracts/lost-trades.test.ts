import { beforeAll, expect, it } from 'vitest';
import { runnable } from '../../lib/core/flow.ts';
import type { Snapshot } from '../../lib/core/snapshot.ts';
import { createRecoveryFlow } from '../../lib/flows/recovery/recovery-flow.ts';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { createMarketHost, type MarketHost } from '../../lib/market/market-host.ts';
import { readLostPurchases } from '../../lib/market/notes/lost-trades.ts';
import { createTradeReader } from '../../lib/market/notes/trade-reader.ts';
import { followChainClock, openTestMarket, type TestMarket } from '../support/evm.ts';
import { memoryVault } from '../support/memory-vault.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { testAccount } from '../support/test-accounts.ts';
import { DISPUTE_WINDOW, makeTrade, REVEAL_WINDOW } from '../support/trade-parts.ts';

const [seller, buyer, coordinator] = [testAccount(1), testAccount(2), testAccount(3)];
const STEP_IN_SECONDS = 10;

let market: TestMarket;
let host: MarketHost;

beforeAll(async () => {
  market = await openTestMarket();
  await followChainClock(market);
  await market.mint(buyer.address, 1_000_000_000n);
  const { rpcUrl, chainId, escrow, token } = market;
  host = createMarketHost(rpcUrl, { chainId, escrow, token, fromBlock: 0 });
});

const lostOf = async () => {
  const chain = await host.index.view(buyer.address);
  const address = buyer.address.toLowerCase() as typeof buyer.address;
  return readLostPurchases(address, [], { chain, directory: new Map(), openedQuote: host.openedQuote });
};

/** A beat of the coordinator whose vault is empty. */
async function recover(): Promise<number> {
  const flow = createRecoveryFlow({
    trades: createTradeReader(),
    escrow: host.escrowWriter(coordinator),
    openedQuote: host.openedQuote,
    stepInAfterSeconds: STEP_IN_SECONDS,
  });
  await host.index.refresh({ force: true });
  const chain = await host.index.view(coordinator.address);
  const snapshot: Snapshot = snapshotOf({ chain, now: chain.blockTime, vault: memoryVault().index() });
  const plan = runnable(flow).plan(snapshot, [], true);
  const outcomes = await plan.perform();
  expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([]);
  await host.index.refresh({ force: true });
  return plan.stepCount;
}

async function pass(seconds: number): Promise<void> {
  await callRpc(market.rpcUrl, 'evm_increaseTime', [seconds]);
  await callRpc(market.rpcUrl, 'anvil_mine', ['0x1']);
}

it('reads what trades without a note were opened for, however they were opened', async () => {
  const trades = [];
  for (let i = 0; i < 4; i += 1) trades.push(await makeTrade(market, buyer, seller));
  const [one, two, three, four] = trades;
  if (one === undefined || two === undefined || three === undefined || four === undefined) throw new Error('no trades');
  const writer = host.escrowWriter(seller);
  await writer.openMany([one.opening, two.opening]);
  await writer.openMany([three.opening]);
  await writer.openAndReveal(four.opening, four.k);
  await host.index.refresh({ force: true });
  const found = await lostOf();
  expect(found.map(({ contentRoot }) => contentRoot).sort()).toEqual(
    trades.map(({ quote }) => quote.contentRoot).sort(),
  );
  for (const { quote, quoteHash } of trades) {
    const record = [...(await host.index.view(buyer.address)).records()].find((trade) => trade.quoteHash === quoteHash);
    expect(record && (await host.openedQuote(record))).toEqual({ ...quote, ...lowered(quote) });
  }
});

it('gives back or pays out what no note tells of, after its deadline and not before', async () => {
  const [hidden, revealed] = [await makeTrade(market, buyer, seller), await makeTrade(market, buyer, seller)];
  const writer = host.escrowWriter(seller);
  await writer.openMany([hidden.opening, revealed.opening]);
  await writer.revealMany([{ quote: revealed.quote, key: revealed.k }]);
  expect(await recover()).toBe(0);
  await pass(Math.max(REVEAL_WINDOW, DISPUTE_WINDOW) + STEP_IN_SECONDS + 1);
  expect(await recover()).toBeGreaterThanOrEqual(2);
  const chain = await host.index.view(buyer.address);
  expect([chain.trade(hidden.escrowKey)?.state, chain.trade(revealed.escrowKey)?.state]).toEqual([
    'refunded',
    'settled',
  ]);
  expect([...chain.records()].filter(({ state }) => state === 'opened' || state === 'revealed')).toEqual([]);
  // What came back may be bought again.
  const roots = (await lostOf()).map(({ contentRoot }) => contentRoot);
  expect(roots).toContain(revealed.quote.contentRoot);
  expect(roots).not.toContain(hidden.quote.contentRoot);
});

function lowered({
  buyer,
  seller,
  token,
}: {
  readonly buyer: string;
  readonly seller: string;
  readonly token: string;
}) {
  return { buyer: buyer.toLowerCase(), seller: seller.toLowerCase(), token: token.toLowerCase() };
}
