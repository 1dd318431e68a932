import { describe, expect, it } from 'vitest';
import { formatOperatorKeys, operatorKeyError, parseOperatorKeys } from '../../../lib/core/operator-keys.ts';
import { operator } from '../../support/operators.ts';

const [anna, ben] = [operator('anna').line, operator('ben').line];
const WALLET = `0x${'Ab'.repeat(20)}`;

describe('the list of operators’ keys', () => {
  it('is read from lines or commas, and written as it is read', () => {
    const keys = parseOperatorKeys(`# who may order\n${anna}\n\n${ben},${WALLET}`);
    expect([...keys.ssh.values()].map((name) => name.replace(/^SHA256:\S+ /, ''))).toEqual(['anna', 'ben']);
    expect([...keys.wallets]).toEqual([WALLET.toLowerCase()]);
    expect(parseOperatorKeys(formatOperatorKeys(keys))).toEqual(keys);
  });

  it.each([
    ['a key of another algorithm', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== anna'],
    ['a type that its key is not', anna.replace('ssh-ed25519', 'sk-ssh-ed25519@openssh.com')],
    ['a cut key', anna.slice(0, 40)],
    ['an address with a digit too few', WALLET.slice(0, -1)],
  ])('refuses %s, with the next step', (_, text) => {
    expect(operatorKeyError(text)).toContain('must be an ed25519 public key');
    expect(() => parseOperatorKeys(text)).toThrow(expect.objectContaining({ code: 'keys/bad-operator-key' }));
  });
});
