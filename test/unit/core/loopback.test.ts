import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLoopback } from '../../../lib/core/loopback.ts';

it('takes every address of the loopback as a URL writes it, and no name that only begins or ends like one', () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), fc.domain(), (octets, domain) => {
      const address = ['127', ...octets].join('.');
      expect(isLoopback(new URL(`http://${address}:8545/`).hostname)).toBe(true);
      for (const host of [`${address}.${domain}`, `localhost.${domain}`, domain, `1${address}`]) {
        expect(isLoopback(host), host).toBe(false);
      }
    }),
  );
  for (const url of ['http://localhost', 'http://[::1]', 'http://127.1']) {
    expect(isLoopback(new URL(url).hostname), url).toBe(true);
  }
});
