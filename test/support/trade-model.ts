import type { ChainTrade, EscrowState } from '../../lib/core/chain.ts';
import type { VaultOperation } from '../../lib/core/vault.ts';
import { putBuyerNote } from '../../lib/flows/trade/buyer-note.ts';
import { putSellerNote } from '../../lib/flows/trade/seller-note.ts';
import { embeddedChainSettings, type TradeSettings } from '../../lib/flows/trade/settings.ts';
import type { TradeStep } from '../../lib/flows/trade/step.ts';
import { nextForView } from '../../lib/flows/trade/trade-flow.ts';
import { readTrades } from '../../lib/flows/trade/view.ts';
import { tradePath } from '../../lib/market/notes/trade-note.ts';
import { createTradeReader } from '../../lib/market/notes/trade-reader.ts';
import { memoryVault } from './memory-vault.ts';
import { chainOf, id32, manifestOf, meOf, NOW, snapshotOf } from './snapshot.ts';
import {
  authorized,
  BUYER,
  BUYER_WALLET,
  buyerNote,
  chainTrade,
  confirmedBy,
  putBuyer,
  quoteFor,
  SELLER,
  SELLER_WALLET,
  TRADE_ID,
} from './trade-notes.ts';

export const SETTINGS: TradeSettings = { ...embeddedChainSettings, quoteLifeSeconds: 120, giveUpReceivingSeconds: 60 };

export type Who = 'buyer' | 'seller' | 'anyone';
const NAMES = { buyer: BUYER, seller: SELLER, anyone: 'kk-coordinator' } as const;
const WALLETS = { buyer: BUYER_WALLET, seller: SELLER_WALLET, anyone: id32(9).slice(0, 42) as `0x${string}` } as const;
const URL = '-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n';

/** One beat of a party: how long after the last, how long its transactions take, whether it dies before it records. */
export interface ModelBeat {
  readonly who: Who;
  readonly afterSeconds: number;
  readonly latencySeconds: number;
  readonly isKilled: boolean;
}

/** A trade in a model world: real notes and rules, a chain of one trade that does what the escrow does, no crypto. */
export class TradeModel {
  now = NOW;
  chain: ChainTrade | undefined;
  readonly vault = memoryVault();
  private readonly trades = createTradeReader();
  readonly history: EscrowState[] = [];
  /** The hashes of all quotes whose payment the buyer published. */
  readonly authorizations = new Set<string>();

  constructor() {
    this.vault.apply([putBuyer(buyerNote())]);
  }

  /** One beat: every step that the rules ask of the party is done. Gives the kinds of the steps. */
  beat({ who, afterSeconds, latencySeconds, isKilled }: ModelBeat): readonly string[] {
    this.now += afterSeconds;
    const steps = this.plan(who);
    this.now += latencySeconds;
    for (const step of steps) {
      const operations = this.perform(step, who);
      if (isKilled) continue;
      this.vault.apply(operations);
      if (step.type === 'authorize')
        this.authorizations.add(authorized(step.trade.seller?.quote).authorization?.quoteHash ?? '');
    }
    return steps.map(({ type }) => type);
  }

  /** What the rules ask of a party now. */
  plan(who: Who): readonly TradeStep[] {
    return this.look(who).flatMap((next) => (next.type === 'step' ? [next.step] : []));
  }

  /** Whether the rules ask nothing more of a party, ever. */
  isDone(who: Who): boolean {
    return this.look(who).every(({ type }) => type === 'done');
  }

  private look(who: Who) {
    const role = who === 'anyone' ? 'coordinator' : 'buyer';
    const snapshot = snapshotOf({
      me: meOf(manifestOf(NAMES[who], { role }), WALLETS[who]),
      now: this.now,
      clock: this.now,
      vault: this.vault.index(),
      chain: chainOf({ blockTime: this.now }, this.chain === undefined ? [] : [this.chain]),
      directory: new Map([
        [BUYER, BUYER_WALLET],
        [SELLER, SELLER_WALLET],
      ]),
      // No crypto here: the request counts as signed.
      market: { requests: new Set([tradePath(BUYER, NOW, TRADE_ID)]) },
    });
    return readTrades(snapshot, this.trades, SETTINGS).map((view) => nextForView(view, snapshot, SETTINGS));
  }

  private perform(step: TradeStep, who: Who): readonly VaultOperation[] {
    switch (step.type) {
      case 'quote': {
        const quote = quoteFor({ expiry: this.now + SETTINGS.quoteLifeSeconds });
        return [
          putSellerNote(step.trade, 'quoted', { request: step.trade.buyer.request, quote, delivery: this.delivery() }),
        ];
      }
      case 'renew':
        return [putSellerNote(step.trade, 'quoted', { delivery: this.delivery() })];
      case 'authorize':
        return [putBuyerNote(step.trade.buyer, 'authorized', authorized(step.trade.seller?.quote))];
      case 'receive':
        return [putBuyerNote(step.trade.buyer, 'revealed', confirmedBy(step.trade.buyer.quote))];
      case 'close': {
        const closed = { state: step.state, at: this.now };
        return step.trade.side === 'buyer'
          ? [putBuyerNote(step.trade.buyer, step.state, { closed })]
          : [putSellerNote(step.trade, step.state, { closed })];
      }
      case 'open':
        if (this.chain === undefined && this.now < (step.trade.seller?.quote?.expiry ?? 0)) {
          this.become(chainTrade('opened', { openedAt: this.now, deadline: this.now + 20 }));
        }
        return [];
      case 'reveal':
        this.allow('opened', (chain) => this.now <= chain.deadline, 'revealed', this.now + 10);
        return [];
      case 'refund':
        this.allow('opened', (chain) => this.now > chain.deadline || who === 'seller', 'refunded');
        return [];
      case 'confirm':
        this.allow('revealed', ({ quoteHash }) => step.trade.buyer?.confirmation?.quoteHash === quoteHash, 'settled');
        return [];
      case 'settle':
        this.allow('revealed', (chain) => this.now > chain.deadline, 'settled');
        return [];
      case 'request':
      case 'replace-stuck':
        throw new Error(`the rules asked for ${step.type}`);
    }
  }

  private allow(from: EscrowState, when: (chain: ChainTrade) => boolean, to: EscrowState, deadline?: number): void {
    const { chain } = this;
    if (chain?.state !== from || !when(chain)) return;
    this.become({
      ...chain,
      state: to,
      deadline: deadline ?? chain.deadline,
      revealedKey: to === 'refunded' ? undefined : id32('K'),
    });
  }

  private become(chain: ChainTrade): void {
    this.chain = chain;
    this.history.push(chain.state);
  }

  private delivery() {
    return { objectKey: 'a/b', url: URL, urlIssued: this.now, urlExpires: this.now + 600, sizeBytes: 3000 };
  }
}
