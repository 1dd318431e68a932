import { describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import type { PlannedStep } from '../../../lib/core/flow.ts';
import { GAS_TOO_DEAR } from '../../../lib/flows/trade/gas-limit.ts';
import { performOnChain } from '../../../lib/flows/trade/perform-on-chain.ts';
import type { TradePorts } from '../../../lib/flows/trade/ports.ts';
import { embeddedChainSettings as settings } from '../../../lib/flows/trade/settings.ts';
import type { TradeStep } from '../../../lib/flows/trade/step.ts';
import type { EscrowReceipt } from '../../../lib/market/escrow/escrow-writer.ts';
import type { Trade } from '../../../lib/market/notes/trade-pairs.ts';
import { escrowKey, type Quote } from '../../../lib/market/terms/quote.ts';
import { id32, manifestOf, meOf, NOW, snapshotOf } from '../../support/snapshot.ts';
import {
  aPurchase,
  aSale,
  authorized,
  BUYER_WALLET,
  buyerNote,
  chainTrade,
  DOMAIN,
  quoteFor,
  SELLER,
  SELLER_WALLET,
  sellerNote,
} from '../../support/trade-notes.ts';

const snapshot = snapshotOf({ me: meOf(manifestOf(SELLER), SELLER_WALLET) });

/** Performs steps with an escrow that only writes down what it was given. */
async function perform(
  type: 'reveal' | 'refund' | 'settle',
  trades: readonly Trade[],
  clock = NOW,
  more: {
    readonly steps?: readonly TradeStep[];
    readonly settle?: TradePorts['escrow']['settleMany'];
    readonly reveal?: TradePorts['escrow']['revealMany'];
  } = {},
) {
  const sent: Quote[] = [];
  const take = async (quotes: readonly Quote[]): Promise<EscrowReceipt> => {
    sent.push(...quotes);
    return { tx: undefined, items: quotes.map(({ tradeId }) => ({ tradeId, ok: true })) };
  };
  const unexpected = async (): Promise<never> => {
    throw new Error('not expected');
  };
  const asked: string[] = [];
  const ports: Pick<TradePorts, 'escrow' | 'domain' | 'deliverySeed' | 'settings' | 'clock' | 'hasTrade'> = {
    hasTrade: async (key) => asked.push(key) > 0,
    domain: DOMAIN,
    deliverySeed: new Uint8Array(32),
    settings,
    clock: () => clock,
    escrow: {
      openMany: unexpected,
      openAndReveal: unexpected,
      confirmMany: unexpected,
      replaceStuck: unexpected,
      revealMany: more.reveal ?? ((reveals) => take(reveals.map(({ quote }) => quote))),
      refundMany: take,
      settleMany: more.settle ?? take,
    },
  };
  const all = [...(more.steps ?? []), ...trades.map((trade): TradeStep => ({ type, trade }))];
  const steps = all.map((step): PlannedStep<TradeStep> => ({ step, reason: 'a test' }));
  const outcomes = await performOnChain(steps, snapshot, ports as TradePorts);
  return { sent, outcomes, asked };
}

const opened = chainTrade('opened', { deadline: NOW + 20 });

describe('openings of a beat', () => {
  /** Opens trades with an escrow that gives a reason for those that it refuses. */
  async function open(
    trades: readonly Trade[],
    refusals: ReadonlyMap<string, string>,
    hasTrade: TradePorts['hasTrade'] = async () => false,
    more: Partial<TradePorts> = {},
  ) {
    const openMany = async (openings: readonly { readonly quote: Quote }[]): Promise<EscrowReceipt> => ({
      tx: id32('tx'),
      items: openings.map(({ quote: { tradeId } }) => {
        const reason = refusals.get(tradeId);
        return reason === undefined ? { tradeId, ok: true } : { tradeId, ok: false, reason };
      }),
    });
    const ports = {
      domain: DOMAIN,
      tokenDomain: DOMAIN,
      settings,
      signatures: { verify: async () => true, recoveries: () => 0 },
      readBalance: async () => 0n,
      escrow: { openMany },
      hasTrade,
      ...more,
    };
    const steps = trades.map((trade): PlannedStep<TradeStep> => ({ step: { type: 'open', trade }, reason: 'a test' }));
    return await performOnChain(steps, snapshot, ports as unknown as TradePorts);
  }

  const saleOfId = (id: `0x${string}`) => {
    const quote = quoteFor({ tradeId: id });
    return aSale({ buyer: buyerNote({ ...authorized(quote), id }), seller: sellerNote({ id, quote }) });
  };
  const [known, poor, good] = [id32('known'), id32('poor'), id32('good')];
  const refusals = new Map([
    [known, 'WrongState(1)'],
    [poor, 'transfer amount exceeds balance'],
  ]);

  it('that the escrow refuses because it knows the trade make the chain doubted', async () => {
    const asked: string[] = [];
    await open([known, poor, good].map(saleOfId), refusals, async (key) => asked.push(key) > 0);
    expect(asked).toEqual([escrowKey(BUYER_WALLET, SELLER_WALLET, known)]);
  });

  it('are written also where a doubt can’t be settled', async () => {
    const outcomes = await open([known, good].map(saleOfId), refusals, () => Promise.reject(new Error('no node')));
    expect(outcomes.map(({ operations }) => operations.length)).toEqual([0, 1]);
  });

  it('leave what has become too dear since it was quoted, and it alone', async () => {
    const gasLimit = { gasPerTrade: 200_000n, atomicPerEther: 5_000_000_000n, oneIn: 5n };
    const openAt = async (gasPriceWei: bigint) =>
      await open([good].map(saleOfId), new Map(), undefined, {
        settings: { ...settings, gasLimit },
        readGasPrice: async () => gasPriceWei,
      });
    expect(await openAt(10_000_000n)).toMatchObject([{ reason: 'a test' }]);
    expect(await openAt(10_000_001n)).toMatchObject([{ reason: GAS_TOO_DEAR, operations: [] }]);
  });
});

describe('a stuck transaction', () => {
  it('is sent again once a beat, whatever waits for it', async () => {
    let count = 0;
    const replaceStuck = async (): Promise<`0x${string}` | undefined> => {
      count += 1;
      return count === 1 ? id32('again') : undefined;
    };
    const steps = [1, 2].map((): PlannedStep<TradeStep> => ({ step: { type: 'replace-stuck' }, reason: 'a test' }));
    const beat = () => performOnChain(steps, snapshot, { escrow: { replaceStuck } } as unknown as TradePorts);
    expect(await beat()).toMatchObject([{ what: expect.stringContaining(id32('again')), operations: [] }]);
    expect(await beat()).toEqual([]);
    expect(count).toBe(2);
  });
});

describe('transactions of a beat', () => {
  it('never show a key for a trade whose quote on chain is not the one that the seller keeps', async () => {
    const bait = quoteFor({ amount: 1n });
    const strange = aSale({
      buyer: buyerNote(authorized(bait)),
      seller: sellerNote({ quote: undefined }),
      chain: opened,
    });
    expect((await perform('reveal', [strange])).sent).toEqual([]);
    const other = aSale({ seller: sellerNote({ quote: bait }), chain: opened });
    expect((await perform('reveal', [other])).sent).toEqual([]);
    expect((await perform('reveal', [aSale({ seller: sellerNote(), chain: opened })])).sent).toEqual([quoteFor()]);
  });

  it('never show a key that became too late while the beat did other work', async () => {
    const trade = aSale({ seller: sellerNote(), chain: opened });
    expect((await perform('reveal', [trade], NOW + 15)).sent).toHaveLength(1);
    const { sent, outcomes } = await perform('reveal', [trade], NOW + 16);
    expect(sent).toEqual([]);
    expect(outcomes).toMatchObject([{ reason: 'it has become too late to reveal safely', operations: [] }]);
  });

  it.each(['refund', 'settle'] as const)(
    'end a trade by the quote that was opened, whoever rewrote a note: %s',
    async (type) => {
      const liar = sellerNote({ quote: quoteFor({ amount: 1n }) });
      const trade = aSale({ buyer: buyerNote(authorized()), seller: liar, chain: opened });
      expect((await perform(type, [trade])).sent).toEqual([quoteFor()]);
      const forgetful = aPurchase({ buyer: buyerNote(authorized()), chain: opened });
      expect((await perform(type, [forgetful])).sent).toEqual([quoteFor()]);
    },
  );

  it('reveal first, because a reveal has a deadline, and stop at a failure that is not the price of gas', async () => {
    const trade = aSale({ buyer: buyerNote(authorized()), seller: sellerNote(), chain: opened });
    const order: string[] = [];
    const acted = async (act: string, code?: 'market/gas-too-dear' | 'market/tx-pending') => {
      order.push(act);
      if (code !== undefined) throw new SwarmError({ code, disposition: 'wait', message: 'not now', next: 'Later.' });
      return { tx: undefined, items: [] };
    };
    const settleAfter = async (code?: 'market/gas-too-dear' | 'market/tx-pending') => {
      order.length = 0;
      await perform('settle', [trade], NOW, {
        steps: [{ type: 'reveal', trade }],
        settle: () => acted('settle'),
        reveal: () => acted('reveal', code),
      });
      return [...order];
    };
    expect(await settleAfter()).toEqual(['reveal', 'settle']);
    expect(await settleAfter('market/gas-too-dear')).toEqual(['reveal', 'settle']);
    expect(await settleAfter('market/tx-pending')).toEqual(['reveal']);
  });

  it('make the chain doubted where the escrow would not pay out what should be due', async () => {
    const trade = aSale({ buyer: buyerNote(authorized()), seller: sellerNote(), chain: opened });
    const refuse = async (quotes: readonly Quote[]): Promise<EscrowReceipt> => ({
      tx: undefined,
      items: quotes.map(({ tradeId }) => ({ tradeId, ok: false, reason: 'it would skip it' })),
    });
    const { asked } = await perform('settle', [trade], NOW, { settle: refuse });
    expect(asked).toEqual([escrowKey(BUYER_WALLET, SELLER_WALLET, trade.id)]);
    expect((await perform('settle', [trade])).asked).toEqual([]);
  });

  it('hold each trade once, and none that nobody has the quote of', async () => {
    const trade = aPurchase({ buyer: buyerNote(authorized()), chain: opened });
    const unknown = aPurchase({ chain: chainTrade('opened', { key: `0x${'77'.repeat(32)}` }) });
    expect((await perform('refund', [trade, unknown, trade])).sent).toHaveLength(1);
  });
});
