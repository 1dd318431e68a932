import type { Outcome } from '../../core/flow.ts';
import type { AgentName } from '../../core/ids.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { VaultOperation } from '../../core/vault.ts';
import { sealedBytesOf } from '../../delivery/chunk-layout.ts';
import { describeGoods } from '../../delivery/describe.ts';
import { presignDownload } from '../../delivery/presign.ts';
import { deriveSealKey, hashSealKey } from '../../delivery/seal-key.ts';
import { sealUrl } from '../../delivery/sealed-url.ts';
import { uploadDelivery } from '../../delivery/upload.ts';
import { type OfferNote, offerKind, offerPath } from '../../market/notes/offer-note.ts';
import { type SellerTradeNote, sellerTradeKind } from '../../market/notes/seller-trade-note.ts';
import type { Purchase, Sale } from '../../market/notes/trade-pairs.ts';
import { type Quote, signQuote } from '../../market/terms/quote.ts';
import { GAS_TOO_DEAR, isGasTooDear } from './gas-limit.ts';
import { done, nameOf } from './outcome.ts';
import type { TradePorts } from './ports.ts';
import { promisedWindow } from './reveal-pace.ts';
import { putSellerNote } from './seller-note.ts';

/**
 * How many requests of one buyer a seller declines in a day. Each leaves a note in the seller's folder, which is bounded; a buyer
 * without an answer gives up by itself.
 */
const MOST_DECLINED = 32;
const DAY_SECONDS = 86_400;

const GOODS_LOST = 'the goods are not on this disk';

/**
 * Answers a valid request: seals the goods for this trade, uploads them and signs a quote; or declines with a reason in the
 * note, and nothing once it has declined many of the same buyer. Quoting the same request again gives the same key and the same
 * sealed bytes.
 * @param windowNeeded the window in which the seller can reveal, in seconds.
 */
export async function quote(
  trade: Purchase,
  reason: string,
  snapshot: Snapshot,
  ports: TradePorts,
  windowNeeded: number,
): Promise<Outcome | undefined> {
  const offer = snapshot.vault.note(offerKind, offerPath(snapshot.me.name, trade.buyer.offer))?.data;
  const refusal = await refuse(trade, offer, ports);
  if (refusal !== undefined || offer === undefined) {
    if (declinedToday(trade.buyer.owner, snapshot) >= MOST_DECLINED) return undefined;
    const why = refusal ?? 'the offer is gone';
    const note = putSellerNote(trade, 'expired', {
      declined: { reason: why },
      closed: { state: 'expired', at: snapshot.now },
    });
    // An offer without its goods is withdrawn, so that no more requests come. Goods that can be made again are offered again.
    const lost: readonly VaultOperation[] =
      refusal === GOODS_LOST ? [{ op: 'delete', path: offerPath(snapshot.me.name, trade.buyer.offer) }] : [];
    return done(`declined ${nameOf(trade)} for ${trade.buyer.owner}`, why, [note, ...lost]);
  }

  const { request } = trade.buyer;
  const path = ports.goods.path(offer.contentDigest);
  const goods = await describeGoods(path, ports.deliverySeed);
  const key = deriveSealKey(ports.deliverySeed, {
    contentRoot: goods.contentRoot,
    chainId: ports.domain.chainId,
    escrow: ports.domain.verifyingContract,
    seller: request.seller,
    buyer: request.buyer,
    trade: trade.id,
  });
  const { objectKey, sealedRoot } = await uploadDelivery(ports.store, {
    path,
    goods,
    deliverySeed: ports.deliverySeed,
    key,
    seller: snapshot.me.name,
    trade: trade.id,
    recipient: request.deliveryKey,
  });
  const terms: Quote = {
    tradeId: trade.id,
    buyer: request.buyer,
    seller: request.seller,
    token: ports.tokenDomain.verifyingContract,
    amount: offer.priceAtomic,
    contentRoot: goods.contentRoot,
    sealedRoot,
    keyHash: hashSealKey(key),
    size: goods.sizeBytes,
    revealWindow: promisedWindow(windowNeeded, ports.settings.revealWindowSeconds),
    disputeWindow: Math.max(ports.settings.disputeWindowSeconds, request.minDisputeWindow),
    expiry: snapshot.now + ports.settings.quoteLifeSeconds,
  };
  const signature = await signQuote(ports.account, ports.domain, terms);
  const note = putSellerNote(trade, 'quoted', {
    amountAtomic: offer.priceAtomic,
    subject: offer.subject,
    request,
    quote: { ...terms, signature },
    delivery: await freshDelivery(objectKey, goods.sizeBytes, request.deliveryKey, ports),
    deadline: terms.expiry,
  });
  return done(`quoted ${nameOf(trade)} to ${trade.buyer.owner}`, reason, [note]);
}

/** How many requests of a buyer this seller has declined in the last 24 hours. */
function declinedToday(buyer: AgentName, { vault, me, now }: Snapshot): number {
  return vault
    .notes(sellerTradeKind, me.name)
    .filter(({ data }) => data.buyer === buyer && data.declined !== undefined && data.requestedAt > now - DAY_SECONDS)
    .length;
}

/** Signs a new URL for goods that are already uploaded, so that the buyer can still fetch them. */
export async function renew(trade: Sale, reason: string, ports: TradePorts): Promise<Outcome> {
  const { delivery, quote: terms, state } = trade.seller;
  const recipient = trade.request?.deliveryKey;
  if (delivery === undefined || terms === undefined || recipient === undefined)
    return done(`left ${nameOf(trade)}`, reason, []);
  const fresh = await freshDelivery(delivery.objectKey, terms.size, recipient, ports);
  return done(`renewed the URL of ${nameOf(trade)}`, reason, [putSellerNote(trade, state, { delivery: fresh })]);
}

async function freshDelivery(
  objectKey: string,
  contentBytes: number,
  recipient: string,
  ports: TradePorts,
): Promise<NonNullable<SellerTradeNote['delivery']>> {
  const { clock, settings } = ports;
  const { url, expiresAt } = await presignDownload(ports.store, objectKey, {
    clock,
    lifeSeconds: settings.urlLifeSeconds,
  });
  return {
    objectKey,
    url: await sealUrl(url, recipient),
    urlIssued: expiresAt - settings.urlLifeSeconds,
    urlExpires: expiresAt,
    sizeBytes: sealedBytesOf(contentBytes),
  };
}

/** Why a valid request is declined; undefined if it is served. */
async function refuse(trade: Purchase, offer: OfferNote | undefined, ports: TradePorts): Promise<string | undefined> {
  const { buyer } = trade;
  const { request } = buyer;
  if (offer === undefined) return 'the offer was withdrawn';
  if (offer.for !== undefined && offer.for !== buyer.owner) return `the offer is for ${offer.for}`;
  if (offer.priceAtomic !== buyer.amountAtomic) return 'the offer has another price';
  if (request.minDisputeWindow > ports.settings.disputeWindowSeconds * 10)
    return 'it asks for too long a dispute window';
  if (!(await ports.goods.has(offer.contentDigest))) return GOODS_LOST;
  const { gasLimit } = ports.settings;
  if (gasLimit !== undefined && isGasTooDear(offer.priceAtomic, await ports.readGasPrice(), gasLimit)) {
    return GAS_TOO_DEAR;
  }
  return undefined;
}
