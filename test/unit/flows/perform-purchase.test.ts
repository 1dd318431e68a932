import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runnable } from '../../../lib/core/flow.ts';
import { maxGoodsBytesOf } from '../../../lib/core/goods-bounds.ts';
import { address } from '../../../lib/core/ids.ts';
import { deriveDeliveryKey } from '../../../lib/delivery/delivery-key.ts';
import { openGoodsStore } from '../../../lib/delivery/goods-store.ts';
import { sealedFiles } from '../../../lib/delivery/sealed-files.ts';
import { sealUrl } from '../../../lib/delivery/sealed-url.ts';
import { unpack } from '../../../lib/delivery/unpack.ts';
import { createFetches } from '../../../lib/flows/trade/fetches.ts';
import type { TradePorts } from '../../../lib/flows/trade/ports.ts';
import { embeddedChainSettings as settings } from '../../../lib/flows/trade/settings.ts';
import { createTradeFlow } from '../../../lib/flows/trade/trade-flow.ts';
import { type BuyerTradeNote, buyerTradeKind } from '../../../lib/market/notes/buyer-trade-note.ts';
import { createTradeReader } from '../../../lib/market/notes/trade-reader.ts';
import { usdcDomain } from '../../../lib/market/terms/domain.ts';
import { escrowKey, type Quote, signQuote } from '../../../lib/market/terms/quote.ts';
import { createSignatureCache } from '../../../lib/market/terms/signature-cache.ts';
import { bytesOf, packageOf, prepareTrade, temporaryFolder, wrap } from '../../support/goods.ts';
import { startHttp } from '../../support/hostile-http.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { chainOf, id32, manifestOf, meOf, NOW, snapshotOf } from '../../support/snapshot.ts';
import {
  authorized,
  BUYER,
  BUYER_WALLET,
  buyerNote,
  chainTrade,
  confirmedBy,
  DOMAIN,
  putBuyer,
  putSeller,
  quoteFor,
  requestOf,
  SELLER,
  sellerNote,
  TRADE_ID,
} from '../../support/trade-notes.ts';

const account = privateKeyToAccount(id32(0x5e11e7));
const seller = address.parse(account.address);
const deliverySeed = new Uint8Array(32);

/** A buyer with a disk of its own that reaches nobody. */
async function aBuyer(downloadOrigins: readonly string[] = []) {
  const dir = await temporaryFolder();
  const goods = await openGoodsStore(dir);
  const fetches = createFetches(() => undefined, 100);
  onTestFinished(() => fetches.stop());
  const ports: Pick<
    TradePorts,
    | 'account'
    | 'domain'
    | 'tokenDomain'
    | 'signatures'
    | 'trades'
    | 'hasTrade'
    | 'goods'
    | 'settings'
    | 'deliverySeed'
    | 'downloadOrigins'
    | 'fetches'
    | 'aside'
  > = {
    // Signs in the name of the wallet of the notes; nobody checks the signature here.
    account: { ...account, address: BUYER_WALLET },
    domain: DOMAIN,
    tokenDomain: usdcDomain(31337, quoteFor().token, 'USD Coin'),
    signatures: createSignatureCache(),
    trades: createTradeReader(),
    hasTrade: async () => false,
    goods,
    settings,
    deliverySeed,
    downloadOrigins,
    fetches,
    aside: (work) => work(),
  };
  const flow = runnable(createTradeFlow(ports as TradePorts));
  const vault = memoryVault();
  return {
    vault,
    goods,
    downloads: () => readdir(join(dir, 'partial')),
    download: async (trade = TRADE_ID) => await writeFile(join(await goods.partial(trade), 'package.age.part'), 'x'),
    note: (): BuyerTradeNote | undefined => vault.index().notes(buyerTradeKind, BUYER)[0]?.data,
    beat: async (now = NOW, chain = chainOf({ blockTime: now })) => {
      const me = meOf(manifestOf(BUYER), BUYER_WALLET);
      const outcomes = await flow.plan(snapshotOf({ me, now, clock: now, vault: vault.index(), chain }), []).perform();
      for (const { operations } of outcomes) vault.apply(operations);
      return outcomes.map(({ what, reason }) => `${what.split(' ')[0]}: ${reason}`);
    },
  };
}

const request = requestOf({ seller });
const promised = (size: number) => ({ contentRoot: id32('root 1'), sizeBytes: size });

async function quoted(changes: Partial<Quote>) {
  const terms = quoteFor({ seller, ...changes });
  const quote = { ...terms, signature: await signQuote(account, DOMAIN, terms) };
  return { quote, note: putSeller(sellerNote({ request, quote })) };
}

describe('a buyer that was quoted', () => {
  const LARGEST = maxGoodsBytesOf('skill-profile');
  const latest = request.quoteBy + settings.quoteLifeSeconds;

  it.each([
    ['waits', 'for the goods of a quote as it was asked for', 'could: the seller gives no URL', { expiry: latest }],
    ['waits', 'for goods of the largest size', 'could: the seller gives no URL', { size: LARGEST }],
    ['gives up', 'what would bind it for longer', 'gave: the quote would reserve the money', { expiry: latest + 1 }],
    ['gives up', 'larger goods', 'gave: the goods are larger than the limit', { size: LARGEST + 1 }],
  ])('%s %s', async (what, _, said, changes) => {
    const buyer = await aBuyer();
    const { quote, note } = await quoted(changes);
    buyer.vault.apply([putBuyer(buyerNote({ request, promised: promised(quote.size) })), note]);
    await buyer.download();
    const [outcome] = await buyer.beat();
    expect(outcome).toContain(said);
    const isGivenUp = what === 'gives up';
    expect(await buyer.downloads()).toHaveLength(isGivenUp ? 0 : 1);
    expect(buyer.note()?.closed?.state).toBe(isGivenUp ? 'expired' : undefined);
    // The worthless quote is kept: it tells against its seller.
    expect(buyer.note()?.quote).toEqual(isGivenUp ? quote : undefined);
  });

  it('holds nothing against a seller whose quote it can’t pay itself', async () => {
    const buyer = await aBuyer();
    buyer.vault.apply([putBuyer(buyerNote({ request, promised: promised(2000) })), (await quoted({})).note]);
    expect(await buyer.beat(NOW, chainOf({ usdcAtomic: 1n }))).toEqual(['gave: the balance no longer covers it']);
    expect(buyer.note()).toMatchObject({ state: 'expired' });
    expect(buyer.note()?.quote).toBeUndefined();
  });

  it('is free again when the time of its request is over, also of a seller that writes a fresh quote every beat', async () => {
    const buyer = await aBuyer();
    buyer.vault.apply([putBuyer(buyerNote({ request, promised: promised(2000) }))]);
    await buyer.download();
    let beats = 0;
    for (let now = NOW; buyer.note()?.closed === undefined && beats < 100; now += 60) {
      beats += 1;
      buyer.vault.apply([(await quoted({ expiry: Math.min(latest, now + 300) })).note]);
      await buyer.beat(now);
    }
    expect(buyer.note()?.closed?.at).toBeLessThan(latest + 60);
    expect(await buyer.downloads()).toEqual([]);
  });
});

describe('a seller whose server hangs', () => {
  it.each(['says nothing', 'drips'])('holds up no goods but its own: its server %s', async (how) => {
    const dir = await temporaryFolder();
    const offered = await prepareTrade(bytesOf(2000), dir);
    const { plain, sealedRoot } = await packageOf(offered);
    const { contentRoot, sizeBytes: size } = offered.goods;
    let sent: Uint8Array = Buffer.alloc(0);
    let asked = 0;
    const base = await startHttp((incoming, response) => {
      if (incoming.url === '/honest') return void response.end(sent);
      asked += 1;
      if (how === 'drips') response.writeHead(200, { 'content-length': size }).write('x');
    });
    const buyer = await aBuyer([base]);
    /** A trade that was quoted, with a sealed URL. */
    const trade = async (name: string, owner: string, path: string) => {
      const id = id32(name);
      const { recipient } = await deriveDeliveryKey(deliverySeed, id32(name));
      const request = requestOf({ seller, salt: id32(name), deliveryKey: recipient });
      const terms = quoteFor({ seller, tradeId: id, contentRoot, sealedRoot, size });
      const quote = { ...terms, signature: await signQuote(account, DOMAIN, terms) };
      const delivery = {
        objectKey: name,
        url: await sealUrl(`${base}${path}`, recipient),
        urlIssued: NOW,
        urlExpires: NOW + 3600,
        sizeBytes: size,
      };
      const promised = { contentRoot, sizeBytes: size };
      buyer.vault.apply([
        putBuyer(buyerNote({ id, seller: owner, request, promised })),
        putSeller(sellerNote({ id, owner, request, quote, delivery })),
      ]);
      return recipient;
    };
    for (let i = 0; i < 12; i += 1) await trade(`hanging-${i}`, 'kk-hostile', '/hangs');
    sent = await wrap(plain, await trade('honest', SELLER, '/honest'));
    const said: string[] = [];
    // On a busy machine the honest goods may come later than the beat waits.
    await vi.waitFor(
      async () => {
        said.push(...(await buyer.beat()));
        expect(said.filter((line) => line.startsWith('authorized: '))).toHaveLength(1);
      },
      { timeout: PATIENCE_MS },
    );
    expect(asked).toBe(1);
    // Nor is it asked anew while it hangs.
    await buyer.beat(NOW + 5);
    expect(asked).toBe(1);
  });
});

describe('what a buyer fetched under one quote', () => {
  /** A buyer that fetched and checked goods for a quote, and what that quote promises. */
  async function fetched() {
    const buyer = await aBuyer();
    const dir = await temporaryFolder();
    const trade = await prepareTrade(bytesOf(2000), dir);
    const { plain, sealedRoot } = await packageOf(trade);
    const packagePath = join(dir, 'package');
    await writeFile(packagePath, await wrap(plain, trade.delivery.recipient));
    const { contentRoot, sizeBytes: size } = trade.goods;
    const { identity } = trade.delivery;
    const expected = { contentRoot, sealedRoot, sizeBytes: size };
    await unpack({ packagePath, identity, expected }, sealedFiles(await buyer.goods.partial(TRADE_ID)));
    buyer.vault.apply([putBuyer(buyerNote({ request, promised: { contentRoot, sizeBytes: size } }))]);
    return { buyer, terms: { contentRoot, sealedRoot, size } };
  }

  it('is paid for by that quote', async () => {
    const { buyer, terms } = await fetched();
    buyer.vault.apply([(await quoted(terms)).note]);
    expect(await buyer.beat()).toEqual([expect.stringMatching(/^authorized: /)]);
  });

  it('is not paid for by a later one for the same goods in another seal', async () => {
    const { buyer, terms } = await fetched();
    buyer.vault.apply([(await quoted({ ...terms, sealedRoot: id32('another seal') })).note]);
    expect(await buyer.beat()).toEqual(['could: the seller gives no URL']);
    expect(buyer.note()?.authorization).toBeUndefined();
  });
});

describe('what a buyer fetched', () => {
  const paid = authorized();

  it.each([
    ['goes with an authorization that expired', buyerNote(paid), undefined, 0],
    ['goes with the money that came back', buyerNote(paid), 'refunded', 0],
    ['stays as evidence when it was not as promised', buyerNote({ ...paid, fault: 'bad' }), 'refunded', 1],
    ['stays as evidence of a dispute', buyerNote({ ...paid, fault: 'bad' }), 'disputed', 1],
    ['goes when the goods are kept', buyerNote({ ...paid, ...confirmedBy() }), 'settled', 0],
    ['stays when it was paid for and could not be opened', buyerNote(paid), 'settled', 1],
  ] as const)('%s', async (_, note, state, left) => {
    const buyer = await aBuyer();
    buyer.vault.apply([putBuyer(note), putSeller(sellerNote())]);
    await buyer.beat(NOW);
    await buyer.download();
    const now = NOW + 20 + settings.giveUpReceivingSeconds;
    const chain = chainOf({ blockTime: now }, state === undefined ? [] : [chainTrade(state)]);
    expect(await buyer.beat(now, chain)).toEqual([expect.stringMatching(/^closed: /)]);
    expect(await buyer.downloads()).toHaveLength(left);
  });

  it('is cleared away at the first steps of a process where no trade needs it', async () => {
    const buyer = await aBuyer();
    const trade = (name: string) => ({ id: id32(name), request: { ...request, salt: id32(name) } });
    const names = ['open', 'waiting', 'expired', 'expired, faulty', 'received', 'unknown'];
    buyer.vault.apply([
      putBuyer(buyerNote(trade('open'))),
      putBuyer(buyerNote({ id: id32('waiting'), request: { ...request, quoteBy: NOW + 9000 } })),
      putBuyer(buyerNote({ ...trade('expired'), closed: { state: 'expired', at: NOW } })),
      putBuyer(buyerNote({ ...trade('expired, faulty'), fault: 'bad', closed: { state: 'expired', at: NOW } })),
      putBuyer(buyerNote({ ...trade('received'), ...paid, ...confirmedBy() })),
    ]);
    for (const name of names) await buyer.download(id32(name));
    expect(await buyer.beat(NOW)).toEqual([]);
    expect(await buyer.downloads()).toHaveLength(names.length);
    // Something to do: the request runs out.
    const key = escrowKey(BUYER_WALLET, seller, id32('received'));
    const chain = chainOf({}, [chainTrade('revealed', { key, trade: id32('received'), deadline: NOW + 9000 })]);
    await buyer.beat(NOW + 1000, chain);
    const left = await buyer.downloads();
    expect(left.sort()).toEqual(['waiting', 'expired, faulty'].map((name) => id32(name).slice(2)).sort());
  });
});
