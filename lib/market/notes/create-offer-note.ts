import type { LocalAccount } from 'viem';
import type { AgentName } from '../../core/ids.ts';
import type { SigningDomain } from '../terms/domain.ts';
import { hashOffer, type Offer, signOffer } from '../terms/offer.ts';
import type { OfferNote } from './offer-note.ts';

/** Signs an offer and creates its note; the id is the offer's hash. */
export async function createOfferNote(
  account: LocalAccount,
  domain: SigningDomain,
  owner: AgentName,
  offer: Offer,
  provenance: Omit<OfferNote, keyof Offer | 'id' | 'owner' | 'signature'>,
): Promise<OfferNote> {
  return {
    ...offer,
    ...provenance,
    id: hashOffer(domain, offer),
    owner,
    signature: await signOffer(account, domain, offer),
  };
}
