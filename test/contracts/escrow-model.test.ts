import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { createEscrowIndex } from '../../lib/market/escrow/escrow-index.ts';
import { createEscrowWriter } from '../../lib/market/escrow/escrow-writer.ts';
import { readTokenBalance } from '../../lib/market/token/token.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';
import { makeTrade, type TestTrade } from '../support/trade-parts.ts';

const sellers = [testAccount(1), testAccount(2)] as const;
const buyers = [testAccount(3), testAccount(4)] as const;
const stranger = testAccount(5);

/** Where a trade stands according to the rules of the trade alone. */
interface Model {
  readonly trade: TestTrade;
  readonly seller: 0 | 1;
  readonly buyer: 0 | 1;
  state: 'none' | 'opened' | 'revealed' | 'settled' | 'refunded';
}

const side = fc.constantFrom<0 | 1>(0, 1);
const who = fc.constantFrom<'seller' | 'stranger'>('seller', 'stranger');
const items = fc.array(fc.nat(5), { minLength: 1, maxLength: 4 });
const action = fc.oneof(
  fc.record({ type: fc.constant('open' as const), by: side, items }),
  fc.record({ type: fc.constant('reveal' as const), by: side, items }),
  fc.record({ type: fc.constantFrom('confirm' as const, 'settle' as const), items }),
  fc.record({ type: fc.constant('refund' as const), by: who, items }),
  fc.record({ type: fc.constant('pass' as const), seconds: fc.constantFrom(30, 120, 250) }),
);

let market: TestMarket;
beforeAll(async () => {
  market = await openTestMarket();
  for (const buyer of buyers) await market.mint(buyer.address, 1_000_000_000n);
});

const writerOf = (account: ReturnType<typeof testAccount>) =>
  createEscrowWriter({ client: market.client, sender: market.sender(account), escrow: market.escrow });

it('holds exactly the money of its open trades, whatever is tried in whatever order', {
  timeout: 120_000,
}, async () => {
  const plan = fc.record({
    sides: fc.array(fc.tuple(side, side, fc.integer({ min: 1, max: 99_999 })), { minLength: 6, maxLength: 6 }),
    actions: fc.array(action, { minLength: 4, maxLength: 14 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ sides, actions }) => {
      const models: Model[] = [];
      for (const [seller, buyer, amount] of sides) {
        const trade = await makeTrade(market, buyers[buyer], sellers[seller], { amount: BigInt(amount) });
        models.push({ trade, seller, buyer, state: 'none' });
      }
      const before = await balances();
      const held = before.escrow;
      for (const step of actions) {
        if (step.type === 'pass') await market.pass(step.seconds);
        else await attempt(step, models);
        const owed = models.filter(({ state }) => state === 'opened' || state === 'revealed');
        expect((await balances()).escrow - held).toBe(sum(owed));
      }
      const after = await balances();
      for (const index of [0, 1] as const) {
        const earned = models.filter(({ state, seller }) => state === 'settled' && seller === index);
        expect((after.sellers[index] ?? 0n) - (before.sellers[index] ?? 0n)).toBe(sum(earned));
        const paid = models.filter(({ state, buyer }) => buyer === index && state !== 'none' && state !== 'refunded');
        expect((before.buyers[index] ?? 0n) - (after.buyers[index] ?? 0n)).toBe(sum(paid));
      }
    }),
    { numRuns: 12 },
  );
});

/** Does an action and follows in the models what the events say, which must be what the rules allow. */
async function attempt(
  step: Exclude<typeof action extends fc.Arbitrary<infer A> ? A : never, { type: 'pass' }>,
  models: readonly Model[],
): Promise<void> {
  const chosen = [...new Set(step.items)].flatMap((index) => models[index] ?? []);
  const trades = chosen.map(({ trade }) => trade);
  const quotes = trades.map(({ quote }) => quote);
  const index = await freshIndex();
  const deadlines = new Map(chosen.map((model) => [model, index.trades.get(model.trade.escrowKey)?.deadline ?? 0]));
  const { items: results, tx } = await send();
  const receipt = tx === undefined ? undefined : await market.client.getTransactionReceipt({ hash: tx });
  const time =
    receipt === undefined
      ? await market.now()
      : Number((await market.client.getBlock({ blockNumber: receipt.blockNumber })).timestamp);
  for (const model of chosen) {
    const ok = results.find(({ tradeId }) => tradeId === model.trade.quote.tradeId)?.ok === true;
    const late = time > (deadlines.get(model) ?? 0);
    const next = allowed(step, model, late);
    // Without a transaction the node's last block decided, which may be a second older than now.
    if (tx !== undefined || step.type === 'open') expect(ok).toBe(next !== undefined);
    if (ok && next !== undefined) model.state = next;
  }

  function send() {
    switch (step.type) {
      case 'open':
        return writerOf(sellers[step.by]).openMany(trades.map(({ opening }) => opening));
      case 'reveal':
        return writerOf(sellers[step.by]).revealMany(trades.map(({ quote, k }) => ({ quote, key: k })));
      case 'confirm':
        return writerOf(stranger).confirmMany(trades.map(({ confirmed }) => confirmed));
      case 'settle':
        return writerOf(stranger).settleMany(quotes);
      case 'refund':
        return writerOf(step.by === 'stranger' ? stranger : sellers[0]).refundMany(quotes);
    }
  }
}

/** The state an action leads to by the rules, or undefined when it is not allowed. */
function allowed(
  step: { readonly type: string; readonly by?: 0 | 1 | 'seller' | 'stranger' },
  model: Model,
  late: boolean,
): Model['state'] | undefined {
  switch (step.type) {
    case 'open':
      return model.state === 'none' && step.by === model.seller ? 'opened' : undefined;
    case 'reveal':
      return model.state === 'opened' && step.by === model.seller && !late ? 'revealed' : undefined;
    case 'confirm':
      return model.state === 'revealed' ? 'settled' : undefined;
    case 'settle':
      return model.state === 'revealed' && late ? 'settled' : undefined;
    case 'refund': {
      const isSeller = step.by === 'seller' && model.seller === 0;
      return model.state === 'opened' && (late || isSeller) ? 'refunded' : undefined;
    }
    default:
      return undefined;
  }
}

async function freshIndex() {
  const { client, escrow, token, chainId } = market;
  const index = createEscrowIndex({ client, chainId, escrow, token, fromBlock: 0n });
  return index.refresh();
}

async function balances() {
  const read = (address: `0x${string}`) => readTokenBalance(market.client, market.token, address);
  return {
    escrow: await read(market.escrow),
    sellers: await Promise.all(sellers.map(({ address }) => read(address))),
    buyers: await Promise.all(buyers.map(({ address }) => read(address))),
  };
}

function sum(models: readonly Model[]): bigint {
  return models.reduce((total, { trade }) => total + trade.quote.amount, 0n);
}
