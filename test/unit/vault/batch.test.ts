import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newCommit } from '../../../lib/vault/batch.ts';
import { EMPTY_TREE } from '../../../lib/vault/tree.ts';

const subjectOf = (message: string) => {
  const write = { id: 'w', author: 'kk-a', message, operations: [] };
  return newCommit({ seq: 1, base: '', at: 0, write }, { tree: EMPTY_TREE, paths: [], saved: [] }).subject;
};

describe('the subject of a commit', () => {
  it('is one line of whole characters, at most 200 bytes and never empty, whatever the message is', () => {
    const messages = fc.oneof(
      fc.array(fc.nat({ max: 0xffff }), { maxLength: 400 }).map((codes) => String.fromCharCode(...codes)),
      fc.nat({ max: 400 }).map((at) => `${'x'.repeat(at)}\u{1f680} and more`),
    );
    fc.assert(
      fc.property(messages, (message) => {
        const subject = subjectOf(message);
        expect(subject).toMatch(/^[^\p{Cc}\p{Cs}]+$/u);
        expect(Buffer.byteLength(subject)).toBeLessThanOrEqual(200);
      }),
    );
    expect(subjectOf('a\n\nVault-Write: b')).toBe('a Vault-Write: b');
  });

  it('is the message where that is one', () => {
    expect(subjectOf('Offer raw-logs for 0.04 USDC')).toBe('Offer raw-logs for 0.04 USDC');
  });
});
