import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import type { OfferFact } from '../../core/facts.ts';
import type { Outcome } from '../../core/flow.ts';
import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { deriveDeliveryKey } from '../../delivery/delivery-key.ts';
import { type FetchResult, fetchSealed } from '../../delivery/fetch.ts';
import { openSealed } from '../../delivery/open.ts';
import { isFetched } from '../../delivery/sealed-files.ts';
import { openSealedUrl } from '../../delivery/sealed-url.ts';
import { type Purchase, quoteOf } from '../../market/notes/trade-pairs.ts';
import { signAuthorization } from '../../market/terms/authorization.ts';
import { signConfirmation } from '../../market/terms/confirmation.ts';
import { hashQuote, type SignedQuote, verifyQuote } from '../../market/terms/quote.ts';
import { putBuyerNote } from './buyer-note.ts';
import { done, nameOf } from './outcome.ts';
import { payBy } from './pay-by.ts';
import type { TradePorts } from './ports.ts';
import { mostAccepted } from './reveal-pace.ts';

/**
 * Checks a quote and its sealed goods, then signs the payment authorization. If the quote doesn't match the request, or the
 * goods don't match the quote, the trade ends without a payment.
 */
export async function authorize(
  trade: Purchase,
  reason: string,
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<Outcome> {
  const quote = quoteOf(trade);
  if (quote === undefined) return await giveUp(trade, 'the quote is gone', snapshot, ports);
  if ((snapshot.chain?.usdcAtomic ?? 0n) < quote.amount)
    return await giveUp(trade, 'the balance no longer covers it', snapshot, ports);
  const offer = snapshot.market.offers.find(({ id }) => id === trade.buyer.offer);
  const refusal = await checkQuote(trade, quote, offer, ports);
  if (refusal !== undefined) return await giveUp(trade, refusal, snapshot, ports, quote);

  const fetched = await fetchGoods(trade, quote, ports);
  if (fetched.status === 'late') return done(`could not fetch ${nameOf(trade)} yet`, fetched.why, []);
  if (fetched.status === 'rejected')
    return await giveUp(trade, `the delivery is not as quoted: ${fetched.fault}`, snapshot, ports, quote);

  const quoteHash = hashQuote(ports.domain, quote);
  const escrow = ports.domain.verifyingContract;
  const signature = await signAuthorization(ports.account, ports.tokenDomain, quote, quoteHash, escrow);
  const note = putBuyerNote(trade.buyer, 'authorized', {
    quote,
    authorization: { quoteHash, signature },
    deadline: quote.expiry,
  });
  return done(`authorized the payment for ${nameOf(trade)}`, reason, [note]);
}

/** Opens the goods with the revealed key, keeps them and confirms, so that the seller is paid at once. */
export async function receive(
  trade: Purchase,
  reason: string,
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<Outcome> {
  const quote = quoteOf(trade);
  const key = trade.chain?.revealedKey;
  if (quote === undefined || key === undefined || trade.chain === undefined)
    return done(`left ${nameOf(trade)}`, reason, []);
  const fetched = await fetchGoods(trade, quote, ports);
  if (fetched.status === 'late') return done(`could not fetch ${nameOf(trade)} yet`, fetched.why, []);
  if (fetched.status === 'rejected') return notAsPromised(trade, fetched.fault);
  const dir = await ports.goods.partial(trade.id);
  const result = await openSealed({ dir, key, expected: expectedOf(quote), destPath: join(dir, 'content.bin') });
  if (result.status === 'wrong-chunk') return notAsPromised(trade, `chunk ${result.index} is not what was promised`);
  const file = await ports.goods.adopt(result.file.path);
  await ports.goods.removePartial(trade.id);

  const quoteHash = hashQuote(ports.domain, quote);
  const confirmation = { tradeId: trade.id, quoteHash };
  const signature = await signConfirmation(ports.account, ports.domain, quote.buyer, confirmation);
  const { opened: open, revealed: reveal } = trade.chain.txs;
  const note = putBuyerNote(trade.buyer, trade.chain.state === 'settled' ? 'settled' : 'revealed', {
    quote,
    received: {
      at: snapshot.now,
      contentRoot: quote.contentRoot,
      contentDigest: file.digest,
      sizeBytes: file.sizeBytes,
    },
    confirmation: { ...confirmation, signature },
    txs: { ...(open && { open }), ...(reveal && { reveal }) },
    deadline: trade.chain.deadline,
  });
  return done(`received ${nameOf(trade)}`, reason, [note]);
}

/** Ends a trade that was never paid. A bad quote is kept in the note as evidence against its seller. */
async function giveUp(
  trade: Purchase,
  why: string,
  snapshot: Snapshot,
  { goods, fetches }: TradePorts,
  quote?: SignedQuote,
): Promise<Outcome> {
  await fetches.forget(trade.id);
  await goods.removePartial(trade.id);
  const closed = { state: 'expired' as const, at: snapshot.now };
  const note = putBuyerNote(trade.buyer, 'expired', { ...(quote && { quote }), closed });
  return done(`gave up ${nameOf(trade)}`, why, [note]);
}

/** Why a quote doesn't match the request; undefined if it does. */
async function checkQuote(
  trade: Purchase,
  quote: SignedQuote,
  offer: OfferFact | undefined,
  ports: TradePorts,
): Promise<string | undefined> {
  const { request, amountAtomic } = trade.buyer;
  if (quote.tradeId !== trade.id) return 'the quote is for another trade';
  if (quote.buyer !== request.buyer || quote.seller !== request.seller) return 'the quote names other parties';
  if (!(await verifyQuote(ports.signatures, ports.domain, quote))) return 'the quote is not signed by the seller';
  if (quote.token !== ports.tokenDomain.verifyingContract) return 'the quote asks for another token';
  if (quote.amount !== amountAtomic) return 'the quote asks for another price than the offer';
  if (quote.disputeWindow < request.minDisputeWindow) return 'the dispute window is too short';
  const promised = trade.buyer.promised ?? offer;
  if (promised === undefined) return 'the offer is gone, so its promise can not be checked';
  if (quote.contentRoot !== promised.contentRoot || quote.size !== promised.sizeBytes) {
    return 'the quote promises other goods than the offer';
  }
  // The size in the quote bounds the download.
  if (quote.size > largestOf(trade, offer, ports)) return 'the goods are larger than the limit';
  if (quote.revealWindow > mostAccepted(ports.settings.revealWindowSeconds))
    return 'the reveal window would lock the money for too long';
  if (quote.expiry > payBy(request, ports.settings)) return 'the quote would reserve the money for too long';
  return undefined;
}

/** The most bytes that the goods of a trade may have. Without the offer nobody says how many days of chat they are. */
function largestOf({ buyer }: Purchase, offer: OfferFact | undefined, { settings }: TradePorts): number {
  const ofProduct = maxGoodsBytesOf(buyer.product, offer?.unitCount);
  return Math.min(ofProduct, settings.maxGoodsBytes);
}

/** Goods that were fetched, that are not as quoted, or that could not be fetched yet. */
type Fetched = FetchResult | { readonly status: 'late'; readonly why: string };

async function fetchGoods(trade: Purchase, quote: SignedQuote, ports: TradePorts): Promise<Fetched> {
  const { identity } = await deriveDeliveryKey(ports.deliverySeed, trade.buyer.request.salt);
  const armored = trade.seller?.delivery?.url;
  const destDir = await ports.goods.partial(trade.id);
  const expected = expectedOf(quote);
  if (await isFetched(destDir, expected)) return { status: 'verified' };
  if (armored === undefined) return { status: 'late', why: 'the seller gives no URL' };
  try {
    const key = `${quote.sealedRoot} ${quote.contentRoot} ${quote.size}`;
    const run = async (signal: AbortSignal): Promise<FetchResult> => {
      const url = await openSealedUrl(armored, identity);
      return await fetchSealed({ url, identity, destDir, expected, origins: ports.downloadOrigins, signal });
    };
    const wanted = { trade: trade.id, seller: trade.terms.seller, key, run };
    const fetched = await ports.aside(() => ports.fetches.poll(wanted));
    return fetched ?? { status: 'late', why: 'its goods are not all here yet' };
  } catch (error) {
    // A failing server of a stranger is not an error of this agent: the trade waits and expires by itself.
    if (error instanceof SwarmError && error.disposition === 'wait') return { status: 'late', why: error.message };
    throw error;
  }
}

function expectedOf(quote: SignedQuote) {
  return { sizeBytes: quote.size, sealedRoot: quote.sealedRoot, contentRoot: quote.contentRoot };
}

/** Records that paid goods are not as promised. The sealed files stay as evidence; nothing is confirmed. */
function notAsPromised(trade: Purchase, fault: string): Outcome {
  return done(`found ${nameOf(trade)} not as promised`, fault, [putBuyerNote(trade.buyer, 'revealed', { fault })]);
}
