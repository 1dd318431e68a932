import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChainTrade } from '../../../lib/core/chain.ts';
import { runnable } from '../../../lib/core/flow.ts';
import type { OfferId } from '../../../lib/core/ids.ts';
import type { TradePorts } from '../../../lib/flows/trade/ports.ts';
import { embeddedChainSettings as settings } from '../../../lib/flows/trade/settings.ts';
import { createTradeFlow } from '../../../lib/flows/trade/trade-flow.ts';
import { sellerTradeKind } from '../../../lib/market/notes/seller-trade-note.ts';
import { tradePath } from '../../../lib/market/notes/trade-note.ts';
import { createTradeReader } from '../../../lib/market/notes/trade-reader.ts';
import type { Quote } from '../../../lib/market/terms/quote.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { addressOf, chainOf, id32, manifestOf, meOf, NOW, snapshotOf } from '../../support/snapshot.ts';
import {
  authorized,
  buyerNote,
  chainTrade,
  DOMAIN,
  putBuyer,
  putSeller,
  requestOf,
  SELLER,
  SELLER_WALLET,
  sellerNote,
  TRADE_ID,
} from '../../support/trade-notes.ts';
import { putOffer } from '../../support/workshop.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const now = (): number => Math.floor(Date.now() / 1000);

/**
 * A beat of a seller that has one paid trade to open and requests to answer, on a machine where each answer takes so long.
 * @param paceSeconds how long it can take until its next beat has ended, by the seconds since this one began.
 */
async function beat(paceSeconds: number | ((passed: number) => number), requests: number, answerMs: number) {
  const did: { readonly what: string; readonly at: number }[] = [];
  const tell = (what: string): void => void did.push({ what, at: now() - NOW });
  let trade: ChainTrade | undefined;
  const take = (quotes: readonly Quote[]) => ({
    tx: id32('tx'),
    items: quotes.map(({ tradeId }) => ({ tradeId, ok: true as const })),
  });
  const ports: Partial<TradePorts> = {
    domain: DOMAIN,
    tokenDomain: DOMAIN,
    settings,
    deliverySeed: new Uint8Array(32),
    signatures: { verify: async () => true, recoveries: () => 0 },
    trades: createTradeReader(),
    hasTrade: async () => false,
    clock: now,
    aside: (work) => work(),
    paceSeconds: () => (typeof paceSeconds === 'number' ? paceSeconds : paceSeconds(now() - NOW)),
    readChain: async () => chainOf({ blockTime: now() }, trade === undefined ? [] : [trade]),
    goods: {
      partials: async () => [],
      has: async () => {
        await new Promise((resolve) => setTimeout(resolve, answerMs));
        tell('answer');
        return false;
      },
    } as unknown as TradePorts['goods'],
    escrow: {
      openMany: async (openings: readonly { readonly quote: Quote }[]) => {
        tell('open');
        trade = chainTrade('opened', { openedAt: now(), deadline: now() + 40, txs: { opened: id32('tx') } });
        return take(openings.map(({ quote }) => quote));
      },
      revealMany: async (reveals: readonly { readonly quote: Quote }[]) => {
        tell('reveal');
        trade = undefined;
        return take(reveals.map(({ quote }) => quote));
      },
    } as unknown as TradePorts['escrow'],
  };
  const vault = memoryVault();
  const onOffer = putOffer(SELLER);
  const offer = onOffer.path.split('/').at(-1)?.replace('.md', '') as OfferId;
  vault.apply([onOffer, putBuyer(buyerNote(authorized())), putSeller(sellerNote())]);
  const wanted = Array.from({ length: requests }, (_, i) =>
    buyerNote({
      offer,
      owner: `kk-buyer-${i}`,
      id: id32(`trade ${i}`),
      request: requestOf({ buyer: addressOf(1000 + i) }),
    }),
  );
  vault.apply(wanted.map((note) => putBuyer(note)));
  const me = meOf(manifestOf(SELLER, { role: 'seller' }), SELLER_WALLET);
  const paths = wanted.map((note) => tradePath(note.owner, note.requestedAt, note.id));
  const snapshot = snapshotOf({ me, vault: vault.index(), market: { requests: new Set(paths) } });
  const performing = runnable(createTradeFlow(ports as TradePorts))
    .plan(snapshot, [])
    .perform();
  await vi.advanceTimersByTimeAsync(600_000);
  const outcomes = await performing;
  for (const { operations } of outcomes) vault.apply(operations);
  return { did, outcomes, note: vault.index().note(sellerTradeKind, tradePath(SELLER, NOW, TRADE_ID))?.data };
}

describe('a beat that opens a trade', () => {
  it('reveals its key itself where the next beat may come too late, and writes both', async () => {
    const { did, note } = await beat(30, 0, 0);
    expect(did).toEqual([
      { what: 'open', at: 0 },
      { what: 'reveal', at: settings.openDepth.type === 'age' ? settings.openDepth.seconds : 0 },
    ]);
    expect(note).toMatchObject({ state: 'revealed', txs: { open: id32('tx'), reveal: id32('tx') } });
  });

  it('does so between its other work, which can wait', async () => {
    const { did } = await beat(30, 3, 2000);
    expect(did.map(({ what }) => what)).toEqual(['open', 'answer', 'answer', 'reveal', 'answer']);
  });

  it('does so also after a piece of work that took longer than it would have waited', async () => {
    const { did } = await beat(30, 1, 20_000);
    expect(did.map(({ what, at }) => [what, at])).toEqual([
      ['open', 0],
      ['answer', 20],
      ['reveal', 20],
    ]);
  });

  it('does so when its other work has made it slow', async () => {
    const { did } = await beat((passed) => 6 + passed, 1, 20_000);
    expect(did.map(({ what }) => what)).toEqual(['open', 'answer', 'reveal']);
  });

  it('leaves that to the next beat where it surely comes in time', async () => {
    const { did } = await beat(6, 1, 2000);
    expect(did.map(({ what }) => what)).toEqual(['open', 'answer']);
  });

  it('ends soon however many requests there are, and asks for another beat for the others', async () => {
    const { did, outcomes } = await beat(6, 40, 1000);
    const answers = did.filter(({ what }) => what === 'answer');
    expect(answers.length).toBeLessThan(10);
    expect(outcomes.at(-1)).toMatchObject({ what: `put off ${40 - answers.length} steps`, wakeAt: NOW + 1 });
  });
});
