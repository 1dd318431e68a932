import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { address } from '../../../lib/core/ids.ts';
import type { VaultOperation } from '../../../lib/core/vault.ts';
import { createMarketReader } from '../../../lib/market/notes/market-reader.ts';
import { offerKind, offerPath } from '../../../lib/market/notes/offer-note.ts';
import { tradePath } from '../../../lib/market/notes/trade-note.ts';
import { signIdentity } from '../../../lib/market/terms/identity.ts';
import { hashOffer, type Offer, signOffer } from '../../../lib/market/terms/offer.ts';
import { hashRequest, signRequest } from '../../../lib/market/terms/request.ts';
import { createSignatureCache } from '../../../lib/market/terms/signature-cache.ts';
import { encodeNote } from '../../../lib/vault/codec.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { chainOf, id32, manifestOf, meOf, NOW } from '../../support/snapshot.ts';
import {
  buyerNote,
  DOMAIN,
  putBuyer,
  putState,
  RECIPIENT,
  requestOf,
  SELLER,
  SELLER_WALLET,
} from '../../support/trade-notes.ts';

const HOSTILE = 'kk-a-hostile';
const HONEST = 'kk-honest';
const accounts = { [HOSTILE]: privateKeyToAccount(id32(0xbad)), [HONEST]: privateKeyToAccount(id32(0x900d)) } as const;
type Name = keyof typeof accounts;
const walletOf = (name: Name) => address.parse(accounts[name].address);

/** A vault in which both have stated their wallets, and a host that reads it. */
async function market() {
  const vault = memoryVault();
  for (const name of [HOSTILE, HONEST] as const) {
    const claim = { name, wallet: walletOf(name), deliveryRecipient: RECIPIENT };
    vault.apply([putState(name, claim.wallet, await signIdentity(accounts[name], DOMAIN, claim))]);
  }
  const signatures = createSignatureCache();
  const reader = createMarketReader({
    domain: DOMAIN,
    signatures,
    daySeconds: 86_400,
    quoteBySeconds: 120,
    openedQuote: async () => undefined,
    maxGoodsBytes: 1_000_000,
    log: () => undefined,
  });
  return { vault, signatures, reader };
}

describe('a buyer that floods a seller with requests', () => {
  it('has a few of them checked, and others are answered', async () => {
    const { vault, signatures, reader } = await market();
    const put = async (name: Name, salt: string) => {
      const terms = requestOf({ buyer: walletOf(name), salt: id32(salt) });
      const request = { ...terms, signature: await signRequest(accounts[name], DOMAIN, terms) };
      const note = buyerNote({ id: hashRequest(DOMAIN, request), owner: name, request });
      vault.apply([putBuyer(note)]);
      return tradePath(name, note.requestedAt, note.id);
    };
    for (let i = 0; i < 300; i += 1) await put(HOSTILE, `flood ${i}`);
    const honest = await put(HONEST, 'honest');
    const me = meOf(manifestOf(SELLER), SELLER_WALLET);
    const { requests } = (await reader.readMarket({ me, now: NOW, vault: vault.index(), chain: chainOf() })).market;
    expect(requests).toContain(honest);
    expect(requests.size).toBe(64 + 1);
    expect(signatures.recoveries()).toBe(64 + 1 + 2);
  });
});

describe('a seller that floods the market with offers', () => {
  it('has some of them checked at each reading, and others are there at once', async () => {
    const { vault, signatures, reader } = await market();
    const operationOf = async (name: Name, salt: string): Promise<VaultOperation> => {
      const offer: Offer = {
        seller: walletOf(name),
        product: 'skill-profile',
        subject: 'person 1',
        title: 'Skills of person 1',
        priceAtomic: 50_000n,
        size: 2000,
        contentRoot: id32('root 1'),
        workHead: id32('head'),
        createdAt: NOW,
        salt: id32(salt),
      };
      const id = hashOffer(DOMAIN, offer);
      const more = { unitCount: 1, topics: [], contentDigest: id32('d'), orderKey: id32('o'), inputs: [], work: [] };
      const signature = await signOffer(accounts[name], DOMAIN, offer);
      const text = encodeNote(offerKind, { ...offer, ...more, id, owner: name, signature });
      return { op: 'put', path: offerPath(name, id), text };
    };
    const flood: VaultOperation[] = [];
    for (let i = 0; i < 1200; i += 1) flood.push(await operationOf(HOSTILE, `flood ${i}`));
    vault.apply([...flood, await operationOf(HONEST, 'honest')]);
    const index = vault.index();
    const first = await reader.readOffers(index);
    expect(first.filter(({ seller }) => seller === HONEST)).toHaveLength(1);
    expect(first.filter(({ seller }) => seller === HOSTILE)).toHaveLength(1000);
    expect(signatures.recoveries()).toBe(1000 + 1 + 2);
    // The next reading of the same head goes on, and then there is nothing left to do.
    expect(await reader.readOffers(index)).toHaveLength(1201);
    expect(await reader.readOffers(index)).toBe(await reader.readOffers(index));
    expect(signatures.recoveries()).toBe(1201 + 2);
  });
});
