import { describe, expect, it } from 'vitest';
import { escrowAbi } from '../../../lib/market/contracts/escrow-abi.ts';

describe('the escrow', () => {
  // The artifacts are what the sources compile to: test/contracts sees to that.
  it('has nothing that changes it but a trade’s own steps: no owner, no fee, no upgrade, no pause', () => {
    const changes = escrowAbi.flatMap((entry) =>
      entry.type === 'function' && entry.stateMutability !== 'view' && entry.stateMutability !== 'pure'
        ? [`${entry.name} ${entry.stateMutability}`]
        : [],
    );
    expect(changes.sort()).toEqual([
      'confirmMany nonpayable',
      'open nonpayable',
      'openAndReveal nonpayable',
      'openMany nonpayable',
      'refundMany nonpayable',
      'reveal nonpayable',
      'revealMany nonpayable',
      'settleMany nonpayable',
      'withdraw nonpayable',
    ]);
    const types: readonly string[] = escrowAbi.map(({ type }) => type);
    expect(types).not.toContain('fallback');
    expect(types).not.toContain('receive');
  });
});
