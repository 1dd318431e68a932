import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { address } from '../../../lib/core/ids.ts';
import { createMarketReader } from '../../../lib/market/notes/market-reader.ts';
import { offerKind, offerPath } from '../../../lib/market/notes/offer-note.ts';
import { signIdentity } from '../../../lib/market/terms/identity.ts';
import { hashOffer, type Offer, signOffer } from '../../../lib/market/terms/offer.ts';
import { createSignatureCache } from '../../../lib/market/terms/signature-cache.ts';
import { encodeNote } from '../../../lib/vault/codec.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { id32, NOW } from '../../support/snapshot.ts';
import { DOMAIN, putState, RECIPIENT, SELLER, SIGNATURE } from '../../support/trade-notes.ts';

const seller = privateKeyToAccount(id32(0x5e11e7));
const wallet = address.parse(seller.address);
const stranger = privateKeyToAccount(id32(0xbad));

describe('an offer in the folder of its wallet', () => {
  const offer: Offer = {
    seller: wallet,
    product: 'skill-profile',
    subject: 'person 1',
    title: 'Skills of person 1',
    priceAtomic: 50_000n,
    size: 2000,
    contentRoot: id32('root 1'),
    workHead: id32('head'),
    createdAt: NOW,
    salt: id32('salt'),
  };

  it('is on the market only with a signature of that wallet', async () => {
    const reader = createMarketReader({
      domain: DOMAIN,
      signatures: createSignatureCache(),
      daySeconds: 86_400,
      quoteBySeconds: 120,
      openedQuote: async () => undefined,
      maxGoodsBytes: 1_000_000,
      log: () => undefined,
    });
    const proof = await signIdentity(seller, DOMAIN, { name: SELLER, wallet, deliveryRecipient: RECIPIENT });
    const id = hashOffer(DOMAIN, offer);
    const seen = async (signature: `0x${string}`) => {
      const vault = memoryVault();
      const more = { unitCount: 1, topics: [], contentDigest: id32('d'), orderKey: id32('o'), inputs: [], work: [] };
      const text = encodeNote(offerKind, { ...offer, ...more, id, owner: SELLER, signature });
      vault.apply([putState(SELLER, wallet, proof), { op: 'put', path: offerPath(SELLER, id), text }]);
      return (await reader.readOffers(vault.index())).map((fact) => fact.id);
    };
    expect(await seen(await signOffer(seller, DOMAIN, offer))).toEqual([id]);
    // The same words under the right id, signed by somebody else, for another escrow, or by nobody.
    expect(await seen(await signOffer({ ...stranger, address: seller.address }, DOMAIN, offer))).toEqual([]);
    const elsewhere = { ...DOMAIN, chainId: DOMAIN.chainId + 1 };
    expect(await seen(await signOffer(seller, elsewhere, offer))).toEqual([]);
    expect(await seen(SIGNATURE)).toEqual([]);
  });
});
