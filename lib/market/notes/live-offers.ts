import type { OfferFact } from '../../core/facts.ts';
import type { AgentName } from '../../core/ids.ts';
import { oncePer } from '../../core/once.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { SigningDomain } from '../terms/domain.ts';
import { hashOffer, verifyOffer } from '../terms/offer.ts';
import type { SignatureCache } from '../terms/signature-cache.ts';
import { type OfferNote, offerKind } from './offer-note.ts';
import type { WalletDirectory } from './wallet-directory.ts';

/**
 * How many offers of one owner that are new to this host are checked at one reading, each of which takes milliseconds, while all
 * agents of the host wait. The others are checked at the next ones.
 */
const MOST_NEW_OF_AN_OWNER = 1000;

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
  const checked = new WeakSet<OfferNote>();

  async function read(vault: VaultIndex): Promise<Reading> {
    const directory = await readDirectory(vault);
    const offers: OfferFact[] = [];
    const fresh = new Map<AgentName, number>();
    let isComplete = true;
    for (const { data, path } of vault.notes(offerKind)) {
      if (directory.get(data.owner) !== data.seller || !path.endsWith(`/${data.id}.md`)) continue;
      if (!checked.has(data)) {
        const count = (fresh.get(data.owner) ?? 0) + 1;
        fresh.set(data.owner, count);
        if (count > MOST_NEW_OF_AN_OWNER) {
          isComplete = false;
          continue;
        }
      }
      if (await isSigned(data)) offers.push(factOf(data));
      checked.add(data);
    }
    return { offers, isComplete };
  }

  const readings = new WeakMap<VaultIndex, Promise<Reading>>();
  return async (vault) => {
    const reading = readings.get(vault) ?? read(vault);
    readings.set(vault, reading);
    const { offers, isComplete } = await reading;
    if (!isComplete && readings.get(vault) === reading) readings.delete(vault);
    return offers;
  };
}

/** The offers of one reading, and whether none was left for the next. */
interface Reading {
  readonly offers: readonly OfferFact[];
  readonly isComplete: boolean;
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
