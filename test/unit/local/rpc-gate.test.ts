import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isServed } from '../../../lib/local/evm/rpc-methods.ts';

describe('the gate of the embedded chain', () => {
  it('lets reads and signed transactions through', () => {
    for (const method of [
      'eth_call',
      'eth_getLogs',
      'eth_chainId',
      'eth_getTransactionReceipt',
      'eth_sendRawTransaction',
    ])
      expect(isServed(method), method).toBe(true);
  });

  it('lets nobody make money, move the clock or act for another', () => {
    for (const method of [
      'eth_accounts',
      'eth_sendTransaction',
      'eth_sendUnsignedTransaction',
      'eth_sign',
      'eth_signTypedData_v4',
      'wallet_getCapabilities',
      'personal_unlockAccount',
      '__proto__',
      'constructor',
      '',
    ])
      expect(isServed(method), method).toBe(false);
    const powers = fc.tuple(
      fc.constantFrom('anvil', 'evm', 'hardhat', 'debug', 'trace', 'txpool', 'miner', 'ots'),
      fc.string(),
    );
    fc.assert(
      fc.property(powers, ([space, name]) => {
        expect(isServed(`${space}_${name}`)).toBe(false);
      }),
    );
  });
});
