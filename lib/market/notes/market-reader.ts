import type { ChainView } from '../../core/chain.ts';
import type { MarketFacts, OfferFact } from '../../core/facts.ts';
import type { Me } from '../../core/snapshot.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { SigningDomain } from '../terms/domain.ts';
import type { SignatureCache } from '../terms/signature-cache.ts';
import { createOfferReader } from './live-offers.ts';
import { purchaseFact, readBudget, saleFact } from './market-facts.ts';
import { createTradeReader, type TradeReader } from './trade-reader.ts';
import { createRequestReader } from './trade-requests.ts';
import { createDirectoryReader, type WalletDirectory } from './wallet-directory.ts';

/** What the market is read by. */
export interface MarketSettings {
  /** The escrow that signatures are for. */
  readonly domain: SigningDomain;
  readonly signatures: SignatureCache;
  /** The length of a day of budgets in seconds. */
  readonly daySeconds: number;
  /** How long a buyer waits for a quote by the terms of trade, in seconds. */
  readonly quoteBySeconds: number;
  /** Goods larger than this are not bought, in bytes. */
  readonly maxGoodsBytes: number;
  /** Told once of each request that is not what it claims to be. */
  readonly log: (line: string) => void;
}

/**
 * Reads the market of one escrow out of the vault, remembering what it checked: create one a host, for all its agents.
 * What isn't signed by whom it names doesn't exist for it.
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

/** Creates a reader that remembers nothing yet. */
export function createMarketReader(settings: MarketSettings): MarketReader {
  const { domain, signatures, daySeconds, maxGoodsBytes } = settings;
  const trades = createTradeReader();
  const readDirectory = createDirectoryReader(domain, signatures);
  const readOffers = createOfferReader(domain, signatures, readDirectory);
  const readRequests = createRequestReader(settings);
  return {
    daySeconds,
    trades,
    readDirectory,
    readOffers,
    readMarket: async ({ me, now, vault, chain }) => {
      const offers = await readOffers(vault);
      const bought = trades.bought(vault, chain, me.name);
      const directory = await readDirectory(vault);
      const sold = trades.sold(vault, chain, me.name);
      const purchases = bought.map((purchase) => purchaseFact(purchase, now, chain !== undefined));
      const sales = sold.flatMap((trade) =>
        trade.side === 'seller' ? [saleFact(trade, now, chain !== undefined)] : [],
      );
      return {
        directory,
        market: {
          offers: offers.filter((offer) => offer.seller !== me.name),
          myOffers: offers.filter((offer) => offer.seller === me.name),
          trades: [...purchases, ...sales],
          requests: await readRequests(me, sold, { now, directory }),
          budget: readBudget(me, bought, purchases, { now, daySeconds, maxGoodsBytes, chain }),
        },
      };
    },
  };
}
