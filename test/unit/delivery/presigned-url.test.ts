import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveDeliveryKey } from '../../../lib/delivery/delivery-key.ts';
import { createObjectStore } from '../../../lib/delivery/object-store.ts';
import { presignDownload } from '../../../lib/delivery/presign.ts';
import { openSealedUrl, sealUrl } from '../../../lib/delivery/sealed-url.ts';
import { storeFailed } from '../../../lib/delivery/store-error.ts';
import { buyerSeed, id } from '../../support/goods.ts';

describe('a presigned URL', () => {
  it('names the object, carries its expiry and signs nothing but the host', async () => {
    const store = createObjectStore({
      endpoint: 'http://127.0.0.1:1',
      region: 'eu-west-1',
      bucket: 'goods',
      prefix: 'swarm/',
      credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
    });
    const { url, expiresAt } = await presignDownload(store, 'deliveries/a/b', { clock: () => 1_800_000_000 });
    const parsed = new URL(url);
    expect(expiresAt).toBe(1_800_000_600);
    expect(parsed.pathname).toBe('/goods/deliveries/a/b');
    expect(parsed.searchParams.get('X-Amz-Expires')).toBe('600');
    expect(parsed.searchParams.get('X-Amz-Date')).toBe('20270115T080000Z');
    expect(parsed.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
    store.close();
  });
});

describe('a URL in a trade note', () => {
  it('is read by the buyer and by no one else', async () => {
    const mine = await deriveDeliveryKey(buyerSeed, id(1));
    const other = await deriveDeliveryKey(buyerSeed, id(2));
    const url = 'https://bucket.s3.amazonaws.com/deliveries/a/b?X-Amz-Signature=5ec2e7';
    const sealed = await sealUrl(url, mine.recipient);
    expect(sealed).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(await openSealedUrl(sealed, mine.identity)).toBe(url);
    await expect(openSealedUrl(sealed, other.identity)).rejects.toMatchObject({ code: 'delivery/bad-url' });
  });

  it('is refused, and never shown, where it is not http or https', async () => {
    const { recipient, identity } = await deriveDeliveryKey(buyerSeed, id(1));
    for (const url of ['file:///etc/5ec2e7', '5ec2e7', 'http://5ec2e7:x@host/', 'gopher://5ec2e7/']) {
      const error: unknown = await openSealedUrl(await sealUrl(url, recipient), identity).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'delivery/bad-url', disposition: 'wait' });
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('5ec2e7');
    }
    const huge = await sealUrl(`https://host/${'a'.repeat(20_000)}`, recipient);
    await expect(openSealedUrl(huge, identity)).rejects.toMatchObject({ code: 'delivery/bad-url' });
  });

  it('is refused where the note holds anything but armor', async () => {
    const { identity } = await deriveDeliveryKey(buyerSeed, id(1));
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300 }), async (text) => {
        await expect(openSealedUrl(text, identity)).rejects.toMatchObject({ code: 'delivery/bad-url' });
      }),
      { numRuns: 50 },
    );
  });
});

describe('an error of the object store', () => {
  it('keeps nothing of what the SDK threw but its code', () => {
    const thrown = Object.assign(new Error('GET http://host/x?X-Amz-Signature=5ec2e7 failed'), {
      code: 'ECONNREFUSED',
      $response: { url: 'http://host/x?X-Amz-Signature=5ec2e7' },
    });
    const error = storeFailed('upload x', thrown);
    expect(error).toMatchObject({ code: 'delivery/store-unreachable', disposition: 'wait' });
    expect(error.message).toContain('ECONNREFUSED');
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('5ec2e7');
    expect(storeFailed('again', error)).toBe(error);
  });
});
