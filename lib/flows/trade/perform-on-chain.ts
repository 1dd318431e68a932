import type { Hex } from 'viem';
import type { Announcement } from '../../core/channel.ts';
import { SwarmError } from '../../core/errors.ts';
import type { TradeState } from '../../core/facts.ts';
import { failedOutcome, type Outcome, type PlannedStep } from '../../core/flow.ts';
import type { TradeId } from '../../core/ids.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { deriveSealKey } from '../../delivery/seal-key.ts';
import { isInWrongState } from '../../market/escrow/escrow-receipt.ts';
import type { EscrowReceipt } from '../../market/escrow/escrow-writer.ts';
import type { SellerTradeNote } from '../../market/notes/seller-trade-note.ts';
import { keyOfTrade, type Trade } from '../../market/notes/trade-pairs.ts';
import { verifyAuthorization } from '../../market/terms/authorization.ts';
import { verifyConfirmation } from '../../market/terms/confirmation.ts';
import { hashQuote, type SignedQuote } from '../../market/terms/quote.ts';
import { GAS_TOO_DEAR, isGasTooDear } from './gas-limit.ts';
import { mayOpenAtOnce } from './open-at-once.ts';
import { done, nameOf, TRADE } from './outcome.ts';
import type { TradePorts } from './ports.ts';
import { putSellerNote } from './seller-note.ts';
import type { TradeStep } from './step.ts';

/** The steps that send a transaction, in the order in which a beat performs them: what has a deadline first, what starts one last. */
const ORDER = ['reveal', 'refund', 'confirm', 'settle', 'open'] as const;
type ChainAct = (typeof ORDER)[number];

/** For each step its words, the state that it leads to and the field of its transaction. */
const ACTS: Readonly<
  Record<
    ChainAct,
    { readonly did: string; readonly state: TradeState; readonly tx: keyof NonNullable<SellerTradeNote['txs']> }
  >
> = {
  refund: { did: 'refunded', state: 'refunded', tx: 'refund' },
  confirm: { did: 'was paid for', state: 'settled', tx: 'settle' },
  settle: { did: 'settled', state: 'settled', tx: 'settle' },
  reveal: { did: 'revealed the key of', state: 'revealed', tx: 'reveal' },
  open: { did: 'opened', state: 'opened', tx: 'open' },
};

/**
 * Sends the beat's transactions, one batch for each kind of step. A trade that a batch skips is reported and tried again later.
 * @param onOpened receives each trade that was opened.
 */
export async function performOnChain(
  steps: readonly PlannedStep<TradeStep>[],
  snapshot: Snapshot,
  ports: TradePorts,
  onOpened: (trade: Trade) => void = () => undefined,
): Promise<readonly Outcome[]> {
  const stuck = steps.find(({ step }) => step.type === 'replace-stuck');
  if (stuck !== undefined) return await replaceStuck(stuck.reason, ports);
  const outcomes: Outcome[] = [];
  for (const act of ORDER) {
    const planned = steps.flatMap(({ step, reason }) => (step.type === act ? [{ trade: step.trade, reason }] : []));
    if (planned.length === 0) continue;
    try {
      const acted = await performAct(act, planned, snapshot, ports);
      outcomes.push(...acted.map(({ outcome }) => outcome));
      if (act === 'open') for (const { trade, ok } of acted) if (ok) onOpened(trade);
    } catch (error) {
      outcomes.push(failedOutcome(TRADE, `${act} ${planned.map(({ trade }) => nameOf(trade)).join(', ')}`, error));
      // If gas was too expensive nothing was sent, and a reveal, which is urgent, may pay more.
      if (!isTooDear(error)) break;
    }
  }
  return outcomes;
}

/** Replaces the account's stuck transaction, for which all its other transactions wait. */
async function replaceStuck(reason: string, ports: TradePorts): Promise<readonly Outcome[]> {
  try {
    const tx = await ports.escrow.replaceStuck();
    return tx === undefined ? [] : [done(`sent a transaction again with higher fees: ${tx}`, reason, [])];
  } catch (error) {
    return [failedOutcome(TRADE, 'send a transaction again', error)];
  }
}

interface Planned {
  readonly trade: Trade;
  readonly reason: string;
}

/** What became of one trade in a batch. */
interface Acted {
  readonly trade: Trade;
  readonly ok: boolean;
  readonly outcome: Outcome;
}

async function performAct(
  act: ChainAct,
  planned: readonly Planned[],
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<readonly Acted[]> {
  const receipts = await send(
    act,
    planned.map(({ trade }) => trade),
    snapshot,
    ports,
  );
  await doubtRefused(act, planned, receipts, ports);
  const byTrade = new Map(
    receipts.flatMap(({ tx, items }) => items.map((item) => [item.tradeId, { tx, item }] as const)),
  );
  return planned.flatMap(({ trade, reason }): Acted[] => {
    const result = byTrade.get(trade.id);
    if (result === undefined) return [];
    const { tx, item } = result;
    if (!item.ok) return [{ trade, ok: false, outcome: done(`could not ${act} ${nameOf(trade)}`, item.reason, []) }];
    const { did, state, tx: slot } = ACTS[act];
    const isMine = trade.terms.seller === snapshot.me.name;
    // An abandoned trade of others: its parties write their own notes when they read the chain.
    const operations =
      isMine && tx !== undefined ? [putSellerNote(trade, state, { txs: { ...trade.seller?.txs, [slot]: tx } })] : [];
    const outcome = done(`${did} ${nameOf(trade)}`, reason, operations, announcementsOf(act, trade, tx));
    return [{ trade, ok: true, outcome }];
  });
}

async function send(
  act: ChainAct,
  trades: readonly Trade[],
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<readonly EscrowReceipt[]> {
  switch (act) {
    case 'open':
      return await sendOpenings(trades, snapshot, ports);
    case 'reveal':
      return await sendReveals(trades, snapshot, ports);
    case 'confirm':
      return [await ports.escrow.confirmMany(await confirmed(trades, ports))];
    case 'settle':
      return [await ports.escrow.settleMany(quotes(trades, ports).map(({ quote }) => quote))];
    case 'refund':
      return [await ports.escrow.refundMany(quotes(trades, ports).map(({ quote }) => quote))];
  }
}

/** Opens authorized trades: cheap ones whose buyer can surely pay together with the reveal, the others in a batch. */
async function sendOpenings(
  trades: readonly Trade[],
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<readonly EscrowReceipt[]> {
  const payable = [];
  const receipts: EscrowReceipt[] = [];
  const { gasLimit } = ports.settings;
  const gasPriceWei = gasLimit === undefined ? 0n : await ports.readGasPrice();
  for (const { trade, quote } of quotes(trades, ports)) {
    const authorization = trade.buyer?.authorization;
    const quoteHash = hashQuote(ports.domain, quote);
    const isGood =
      authorization !== undefined &&
      (await verifyAuthorization(
        ports.signatures,
        ports.tokenDomain,
        quote,
        quoteHash,
        ports.domain.verifyingContract,
        authorization,
      ));
    if (!isGood) receipts.push(skipped(trade.id, 'the payment authorization is not signed by the buyer'));
    // After its opening a trade must be revealed or refunded at any gas price, so this is the last moment to skip it.
    else if (gasLimit !== undefined && isGasTooDear(quote.amount, gasPriceWei, gasLimit))
      receipts.push(skipped(trade.id, GAS_TOO_DEAR));
    else if (await mayOpenAtOnce(trade, trades, snapshot, ports)) {
      receipts.push(await ports.escrow.openAndReveal({ quote, authorization }, keyOf(trade, quote, ports)));
    } else payable.push({ trade, quote, authorization });
  }
  if (payable.length === 0) return receipts;
  return [
    ...receipts,
    await ports.escrow.openMany(payable.map(({ quote, authorization }) => ({ quote, authorization }))),
  ];
}

/**
 * Asks the escrow about trades that it refused to open, because it knows them, or to pay out: the snapshot did not show their
 * state, perhaps because a node withholds events.
 */
async function doubtRefused(
  act: ChainAct,
  planned: readonly Planned[],
  receipts: readonly EscrowReceipt[],
  ports: TradePorts,
): Promise<void> {
  const isExit = act === 'refund' || act === 'confirm' || act === 'settle';
  const refused = new Set(
    receipts.flatMap(({ tx, items }) =>
      items.flatMap((item) => (isInWrongState(item) || (isExit && tx === undefined && !item.ok) ? [item.tradeId] : [])),
    ),
  );
  await Promise.all(
    planned.map(async ({ trade: { id, request } }) => {
      if (request === undefined || !refused.has(id)) return;
      // An error here is not fatal: the next refused call asks again, and the successful items must still be written.
      await ports.hasTrade(keyOfTrade(request, id), 0).catch(() => undefined);
    }),
  );
}

/**
 * Publishes the keys of trades that are still well before their deadline. Other work of the beat may have taken long since
 * they were planned, and a reveal that comes too late makes the key public without a payment.
 */
async function sendReveals(
  trades: readonly Trade[],
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<readonly EscrowReceipt[]> {
  const now = snapshot.now + Math.max(0, ports.clock() - snapshot.clock);
  const reveals = [];
  const late: EscrowReceipt[] = [];
  for (const { trade, quote } of quotes(trades, ports)) {
    const latest = (trade.chain?.deadline ?? 0) - ports.settings.deadlineMarginSeconds;
    if (now >= latest) late.push(skipped(trade.id, 'it has become too late to reveal safely'));
    else reveals.push({ quote, key: keyOf(trade, quote, ports) });
  }
  return reveals.length === 0 ? late : [...late, await ports.escrow.revealMany(reveals)];
}

async function confirmed(trades: readonly Trade[], ports: TradePorts) {
  const items = [];
  for (const { trade, quote } of quotes(trades, ports)) {
    const confirmation = trade.buyer?.confirmation;
    if (confirmation === undefined) continue;
    const isGood = await verifyConfirmation(ports.signatures, ports.domain, quote.buyer, confirmation);
    if (isGood && confirmation.quoteHash === hashQuote(ports.domain, quote)) items.push({ quote, confirmation });
  }
  return items;
}

/**
 * The quotes of trades, each trade once. For an opened trade the quote that was opened, from either side's note, so that
 * settling or refunding doesn't depend on one side's note; else the seller's.
 */
function quotes(
  trades: readonly Trade[],
  ports: TradePorts,
): readonly { readonly trade: Trade; readonly quote: SignedQuote }[] {
  const seen = new Set<Hex>();
  return trades.flatMap((trade) => {
    const { chain, seller, buyer } = trade;
    const key = chain?.key ?? trade.id;
    const quote =
      chain === undefined
        ? seller?.quote
        : [seller?.quote, buyer?.quote].find((one) => one && hashQuote(ports.domain, one) === chain.quoteHash);
    if (quote === undefined || seen.has(key)) return [];
    seen.add(key);
    return [{ trade, quote }];
  });
}

function isTooDear(error: unknown): boolean {
  return error instanceof SwarmError && error.code === 'market/gas-too-dear';
}

function keyOf(trade: Trade, quote: SignedQuote, ports: TradePorts): Hex {
  return deriveSealKey(ports.deliverySeed, {
    contentRoot: quote.contentRoot,
    chainId: ports.domain.chainId,
    escrow: ports.domain.verifyingContract,
    seller: quote.seller,
    buyer: quote.buyer,
    trade: trade.id,
  });
}

function skipped(tradeId: TradeId, reason: string): EscrowReceipt {
  return { tx: undefined, items: [{ tradeId, ok: false, reason }] };
}

function announcementsOf(act: ChainAct, trade: Trade, tx: Hex | undefined): readonly Announcement[] {
  const { buyer, seller, product, amountAtomic: priceAtomic } = trade.terms;
  if (act === 'open') return [{ type: 'deal', buyer, seller, product, priceAtomic, trade: trade.id }];
  const isPaid = act === 'confirm' || act === 'settle';
  if (!isPaid || tx === undefined) return [];
  return [{ type: 'settled', trade: trade.id, priceAtomic, tx }];
}
