import type { OfferFact } from '../../core/facts.ts';
import { oncePer } from '../../core/once.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { SigningDomain } from '../terms/domain.ts';
import { hashOffer, verifyOffer } from '../terms/offer.ts';
import type { SignatureCache } from '../terms/signature-cache.ts';
import { type OfferNote, offerKind } from './offer-note.ts';
import type { WalletDirectory } from './wallet-directory.ts';

/** Creates a function that reads the offers with valid signatures, once a head; each note is checked once. */
export function createOfferReader(
  domain: SigningDomain,
  signatures: SignatureCache,
  readDirectory: (vault: VaultIndex) => Promise<WalletDirectory>,
): (vault: VaultIndex) => Promise<readonly OfferFact[]> {
  const factOf = oncePer(offerFact);
  const isSigned = oncePer(
    async (note: OfferNote) => hashOffer(domain, note) === note.id && (await verifyOffer(signatures, domain, note)),
  );
  return oncePer(async (vault) => {
    const directory = await readDirectory(vault);
    const offers: OfferFact[] = [];
    for (const { data, path } of vault.notes(offerKind)) {
      if (directory.get(data.owner) !== data.seller || !path.endsWith(`/${data.id}.md`)) continue;
      if (await isSigned(data)) offers.push(factOf(data));
    }
    return offers;
  });
}

function offerFact(note: OfferNote): OfferFact {
  return {
    id: note.id,
    seller: note.owner,
    product: note.product,
    subject: note.subject,
    title: note.title,
    topics: note.topics,
    priceAtomic: note.priceAtomic,
    unitCount: note.unitCount,
    sizeBytes: note.size,
    createdAt: note.createdAt,
    contentRoot: note.contentRoot,
    contentDigest: note.contentDigest,
    orderKey: note.orderKey,
    inputs: note.inputs,
    forAgent: note.for,
    report: note.report,
  };
}
