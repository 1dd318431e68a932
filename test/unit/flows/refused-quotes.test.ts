import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { runnable } from '../../../lib/core/flow.ts';
import { address } from '../../../lib/core/ids.ts';
import { openGoodsStore } from '../../../lib/delivery/goods-store.ts';
import { createFetches } from '../../../lib/flows/trade/fetches.ts';
import type { TradePorts } from '../../../lib/flows/trade/ports.ts';
import { embeddedChainSettings as settings } from '../../../lib/flows/trade/settings.ts';
import { createTradeFlow } from '../../../lib/flows/trade/trade-flow.ts';
import { buyerTradeKind } from '../../../lib/market/notes/buyer-trade-note.ts';
import { createTradeReader } from '../../../lib/market/notes/trade-reader.ts';
import { usdcDomain } from '../../../lib/market/terms/domain.ts';
import { type Quote, signQuote } from '../../../lib/market/terms/quote.ts';
import { createSignatureCache } from '../../../lib/market/terms/signature-cache.ts';
import { temporaryFolder } from '../../support/goods.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { addressOf, chainOf, id32, manifestOf, meOf, NOW, snapshotOf } from '../../support/snapshot.ts';
import {
  BUYER,
  BUYER_WALLET,
  buyerNote,
  DOMAIN,
  putBuyer,
  putSeller,
  quoteFor,
  requestOf,
  sellerNote,
} from '../../support/trade-notes.ts';

const account = privateKeyToAccount(id32(0x5e11e7));
const stranger = privateKeyToAccount(id32(0xbad));
const seller = address.parse(account.address);
const request = requestOf({ seller });
const fair = { seller, expiry: request.quoteBy + settings.quoteLifeSeconds };

/** What a buyer does that finds such a quote; it has no key to sign a payment with, and reaches no server. */
async function answerTo(changes: Partial<Quote>, by = account) {
  const ports: Partial<TradePorts> = {
    domain: DOMAIN,
    tokenDomain: usdcDomain(31337, quoteFor().token, 'USD Coin'),
    signatures: createSignatureCache(),
    trades: createTradeReader(),
    hasTrade: async () => false,
    goods: await openGoodsStore(join(await temporaryFolder(), 'goods')),
    settings,
    deliverySeed: new Uint8Array(32),
    downloadOrigins: [],
    fetches: createFetches(() => undefined),
  };
  const terms = quoteFor({ ...fair, ...changes });
  const quote = { ...terms, signature: await signQuote({ ...by, address: terms.seller }, DOMAIN, terms) };
  const promised = { contentRoot: id32('root 1'), sizeBytes: 2000 };
  const vault = memoryVault();
  vault.apply([putBuyer(buyerNote({ request, promised })), putSeller(sellerNote({ request, quote }))]);
  const me = meOf(manifestOf(BUYER), BUYER_WALLET);
  const snapshot = snapshotOf({ me, now: NOW, vault: vault.index(), chain: chainOf() });
  const flow = runnable(createTradeFlow(ports as TradePorts));
  const outcomes = await flow.plan(snapshot, []).perform();
  for (const { operations } of outcomes) vault.apply(operations);
  const note = vault.index().notes(buyerTradeKind, BUYER)[0]?.data;
  return { said: outcomes.map(({ reason }) => reason).join(), paid: note?.authorization, closed: note?.closed?.state };
}

describe('a buyer pays for no quote', () => {
  it('that is another than it asked for, and says why', async () => {
    expect(await answerTo({})).toMatchObject({ said: 'the seller gives no URL', closed: undefined });
  });

  it.each<readonly [string, Partial<Quote>, typeof account, string]>([
    ['for another trade', { tradeId: id32('another') }, account, 'for another trade'],
    ['that names another buyer', { buyer: addressOf(0xe) }, account, 'names other parties'],
    ['that names another seller', { seller: address.parse(stranger.address) }, stranger, 'names other parties'],
    ['that its seller did not sign', {}, stranger, 'not signed by the seller'],
    ['in another token', { token: addressOf(0xbad) }, account, 'another token'],
    ['at a higher price', { amount: 50_001n }, account, 'another price'],
    ['with a shorter dispute window', { disputeWindow: request.minDisputeWindow - 1 }, account, 'window is too short'],
    ['with other content', { contentRoot: id32('root 2') }, account, 'other goods than the offer'],
    ['of another size', { size: 2001 }, account, 'other goods than the offer'],
    ['that locks the money for long', { revealWindow: 100_000 }, account, 'lock the money for too long'],
  ])('%s', async (_, changes, by, why) => {
    const { said, paid, closed } = await answerTo(changes, by);
    expect(said).toContain(why);
    expect([paid, closed]).toEqual([undefined, 'expired']);
  });
});
