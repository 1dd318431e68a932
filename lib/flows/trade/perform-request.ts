import { SwarmError } from '../../core/errors.ts';
import type { Outcome } from '../../core/flow.ts';
import { type OfferId, wireId } from '../../core/ids.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { deriveDeliveryKey } from '../../delivery/delivery-key.ts';
import { hashRequest, signRequest, type TradeRequest } from '../../market/terms/request.ts';
import { putBuyerNote } from './buyer-note.ts';
import { done } from './outcome.ts';
import type { TradePorts } from './ports.ts';

/**
 * Requests an offer: signs a request and writes it into the buyer's folder. Its hash is the trade id.
 * @throws SwarmError `trade/offer-gone` if the offer was withdrawn since the decision.
 */
export async function request(
  offerId: OfferId,
  reason: string,
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<Outcome> {
  const offer = snapshot.market.offers.find(({ id }) => id === offerId);
  const seller = offer === undefined ? undefined : snapshot.directory.get(offer.seller);
  if (offer === undefined || seller === undefined) {
    throw new SwarmError({
      code: 'trade/offer-gone',
      disposition: 'wait',
      message: `Offer ${wireId(offerId)} is no longer there`,
      next: 'Nothing to do: the next beat looks at what is on offer then.',
    });
  }
  const salt = ports.randomSalt();
  const { recipient } = await deriveDeliveryKey(ports.deliverySeed, salt);
  const terms: TradeRequest = {
    offer: offer.id,
    buyer: snapshot.me.address,
    seller,
    deliveryKey: recipient,
    salt,
    createdAt: snapshot.now,
    quoteBy: snapshot.now + ports.settings.quoteBySeconds,
    minDisputeWindow: ports.settings.disputeWindowSeconds,
  };
  const signature = await signRequest(ports.account, ports.domain, terms);
  const id = hashRequest(ports.domain, terms);
  const note = putBuyerNote(
    {
      id,
      owner: snapshot.me.name,
      seller: offer.seller,
      product: offer.product,
      offer: offer.id,
      subject: offer.subject,
      title: offer.title,
      state: 'requested',
      amountAtomic: offer.priceAtomic,
      requestedAt: terms.createdAt,
      reason,
      request: { ...terms, signature },
      promised: { contentRoot: offer.contentRoot, sizeBytes: offer.sizeBytes },
    },
    'requested',
    {},
  );
  return done(`asked ${offer.seller} for ${offer.product}, trade ${wireId(id)}`, reason, [note]);
}
