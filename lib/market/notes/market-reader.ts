import type { ChainView } from '../../core/chain.ts';
import type { MarketFacts, OfferFact } from '../../core/facts.ts';
import { oncePer } from '../../core/once.ts';
import type { Me } from '../../core/snapshot.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { OpenedQuote } from '../escrow/opened-quote.ts';
import type { SigningDomain } from '../terms/domain.ts';
import type { SignatureCache } from '../terms/signature-cache.ts';
import type { ArchivedTrade } from './archived-trade.ts';
import { archivedFact } from './archived-trade.ts';
import { createOfferReader } from './live-offers.ts';
import { readLostPurchases } from './lost-trades.ts';
import { purchaseFact, readBudget, saleFact } from './market-facts.ts';
import { createTradeReader, type TradeReader } from './trade-reader.ts';
import { createRequestReader } from './trade-requests.ts';
import { createDirectoryReader, type WalletDirectory } from './wallet-directory.ts';

/** The settings of a {@link MarketReader}. */
export interface MarketSettings {
  /** The signing domain of the escrow that is traded on. */
  readonly domain: SigningDomain;
  readonly signatures: SignatureCache;
  /** The length of a budget day in seconds. */
  readonly daySeconds: number;
  /** How long a buyer waits for a quote, in seconds. */
  readonly quoteBySeconds: number;
  /** The maximum size of goods that are bought, in bytes. */
  readonly maxGoodsBytes: number;
  /** Finds the quote that a trade on chain was opened with; undefined if it can't be read. */
  readonly openedQuote: OpenedQuote;
  /** Receives one line for each invalid request. */
  readonly log: (line: string) => void;
}

/**
 * Reads the market of one escrow from the vault and caches what it checked: create one a host, for all its agents.
 * It ignores what isn't signed by the account that it names.
 */
export interface MarketReader {
  readonly daySeconds: number;
  readonly trades: TradeReader;
  readonly readDirectory: (vault: VaultIndex) => Promise<WalletDirectory>;
  readonly readOffers: (vault: VaultIndex) => Promise<readonly OfferFact[]>;
  /** Reads the market as an agent sees it. */
  readonly readMarket: (senses: {
    readonly me: Me;
    readonly now: number;
    readonly vault: VaultIndex;
    readonly chain: ChainView | undefined;
  }) => Promise<{ readonly market: MarketFacts; readonly directory: WalletDirectory }>;
}

/** Creates a reader with empty caches. */
export function createMarketReader(settings: MarketSettings): MarketReader {
  const { domain, signatures, daySeconds, maxGoodsBytes } = settings;
  const trades = createTradeReader();
  const readDirectory = createDirectoryReader(domain, signatures);
  const readOffers = createOfferReader(domain, signatures, readDirectory);
  const readRequests = createRequestReader(settings);
  const factsBought = oncePer((past: readonly ArchivedTrade[]) => past.map((trade) => archivedFact(trade, 'buyer')));
  const factsSold = oncePer((past: readonly ArchivedTrade[]) => past.map((trade) => archivedFact(trade, 'seller')));
  const idsBought = oncePer((past: readonly ArchivedTrade[]) => new Set(past.map(({ id }) => id)));
  const openings = oncePer((past: readonly ArchivedTrade[]) =>
    past.map(({ state, escrow }) => ({ chain: escrow && { state, openedAt: escrow.openedAt } })),
  );
  return {
    daySeconds,
    trades,
    readDirectory,
    readOffers,
    readMarket: async ({ me, now, vault, chain }) => {
      const offers = await readOffers(vault);
      const bought = trades.bought(vault, chain, me.name);
      const past = trades.archived(vault);
      const [boughtBefore, soldBefore] = [past.of('buyer', me.name), past.of('seller', me.name)];
      const directory = await readDirectory(vault);
      const sold = trades.sold(vault, chain, me.name);
      const purchases = bought.map((purchase) => purchaseFact(purchase, now, chain !== undefined));
      const sales = sold.flatMap((trade) =>
        trade.side === 'seller' ? [saleFact(trade, now, chain !== undefined)] : [],
      );
      const lost = await readLostPurchases(me.address, bought, {
        archived: idsBought(boughtBefore),
        chain,
        directory,
        openedQuote: settings.openedQuote,
      });
      return {
        directory,
        market: {
          offers: offers.filter((offer) => offer.seller !== me.name),
          myOffers: offers.filter((offer) => offer.seller === me.name),
          trades: [...factsBought(boughtBefore), ...factsSold(soldBefore), ...purchases, ...sales],
          lost,
          requests: await readRequests(me, sold, { now, directory }),
          budget: readBudget(me, [...openings(boughtBefore), ...bought], [...factsBought(boughtBefore), ...purchases], {
            now,
            daySeconds,
            maxGoodsBytes,
            chain,
            lost,
          }),
        },
      };
    },
  };
}
