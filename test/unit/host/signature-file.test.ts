import { chmod, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSignatureFile } from '../../../lib/host/signature-file.ts';
import { marketDomain } from '../../../lib/market/terms/domain.ts';
import { requestFields, signRequest, verifyRequest } from '../../../lib/market/terms/request.ts';
import { createSignatureCache } from '../../../lib/market/terms/signature-cache.ts';
import { makeFolder } from '../../support/git.ts';
import { addressOf, id32 } from '../../support/snapshot.ts';
import { requestOf } from '../../support/trade-notes.ts';

let folder = '';
let remove: () => Promise<void>;
beforeEach(async () => {
  [folder, remove] = await makeFolder();
});
afterEach(() => remove());

const open = (most?: number) =>
  openSignatureFile(
    folder,
    (message) => {
      throw new Error(message);
    },
    most,
  );
const domain = marketDomain(31337, addressOf(0xe5c));
const account = privateKeyToAccount(id32('a key'));

async function signedRequest() {
  const { signature: _unsigned, ...terms } = requestOf({ buyer: account.address.toLowerCase() as Hex });
  return { ...requestFields.parse(terms), signature: await signRequest(account, domain, terms) };
}

/** Checks a request with what is on disk, and says how many signatures were recovered for it. */
async function check(request: Awaited<ReturnType<typeof signedRequest>>, where = domain) {
  const file = await open();
  const cache = createSignatureCache(undefined, file);
  const holds = await verifyRequest(cache, where, request);
  await file.close();
  return { holds, recoveries: cache.recoveries() };
}

describe('signatures on disk', () => {
  it('are checked once, whatever starts again', async () => {
    const request = await signedRequest();
    expect(await check(request)).toEqual({ holds: true, recoveries: 1 });
    expect(await check({ ...request })).toEqual({ holds: true, recoveries: 0 });
  });

  it('are of one text, one signer, one chain and one escrow', async () => {
    const request = await signedRequest();
    expect((await check(request)).holds).toBe(true);
    expect(await check({ ...request, quoteBy: request.quoteBy + 1 })).toEqual({ holds: false, recoveries: 1 });
    expect(await check({ ...request, quoteBy: request.quoteBy + 1 })).toEqual({ holds: false, recoveries: 0 });
    expect((await check({ ...request, buyer: addressOf(5) })).holds).toBe(false);
    expect(await check(request, { ...domain, chainId: 1 })).toEqual({ holds: false, recoveries: 1 });
    expect(await check(request, marketDomain(31337, addressOf(7)))).toEqual({ holds: false, recoveries: 1 });
  });

  it('are not believed where somebody else could have written them', async () => {
    const request = await signedRequest();
    await check(request);
    await chmod(path.join(folder, 'signatures.records'), 0o660);
    expect(await check(request)).toEqual({ holds: true, recoveries: 1 });
  });

  it('are bounded', async () => {
    const file = await open(10);
    for (let at = 0; at < 100; at++) file.keep(id32(at), '0x', addressOf(at));
    await file.close();
    expect(file.recall(id32(89), '0x')).toBeUndefined();
    const again = await open(10);
    expect(again.recall(id32(99), '0x')).toBe(addressOf(99));
    expect((await stat(path.join(folder, 'signatures.records'))).size).toBeLessThan(21 * 120);
  });
});
