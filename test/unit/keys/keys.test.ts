import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { getAddress, toHex } from 'viem';
import { english, generateMnemonic, mnemonicToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatLabel, formatRpcLabel, isSameRpc, parseLabel } from '../../../lib/aws/version-label.ts';
import { SwarmError } from '../../../lib/core/errors.ts';
import { loadManifests } from '../../../lib/files/load-manifests.ts';
import { projectPath } from '../../../lib/files/project.ts';
import { deriveKeys } from '../../../lib/keys/derived-keys.ts';
import { isPublic, parseMnemonic } from '../../../lib/keys/mnemonic.ts';
import { deriveTreasury, deriveWallets } from '../../../lib/keys/wallets.ts';
import { withAddress } from '../../../lib/keys/write-addresses.ts';
import { TEST_MNEMONIC } from '../../support/test-accounts.ts';

function refusal(text: string): SwarmError {
  try {
    parseMnemonic(text);
  } catch (error) {
    if (error instanceof SwarmError) return error;
  }
  return expect.fail('the mnemonic was accepted, or another error was thrown');
}

const anyAddress = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(toHex(bytes)));

describe('parseMnemonic', () => {
  it('takes what is well formed, however it is spaced and capitalized', () => {
    for (const strength of [128, 256] as const) {
      const words = generateMnemonic(english, strength);
      expect(parseMnemonic(` ${words.toUpperCase().split(' ').join(' \n ')}\n`)).toEqual({ words });
    }
  });

  it('says what is wrong by the place, and never repeats a word', () => {
    const words = generateMnemonic(english).split(' ');
    const [first = '', ...rest] = words;
    const typo = refusal(['zzplanted', ...rest].join(' '));
    expect(typo.message).toContain('word 1 is not in the English list');
    const swapped = [...rest, first];
    const errors = [typo, refusal(rest.join(' ')), refusal('')];
    if (!isValid(swapped.join(' '))) errors.push(refusal(swapped.join(' ')));
    for (const { code, message, next } of errors) {
      expect(code).toBe('keys/bad-mnemonic');
      expect(`${message} ${next}`).not.toContain('zzplanted');
      expect(`${message} ${next}`).not.toContain(words.slice(0, 2).join(' '));
    }
  });

  it('knows those that everybody knows', () => {
    expect(isPublic(parseMnemonic(TEST_MNEMONIC))).toBe(true);
    expect(isPublic(parseMnemonic(`${'abandon '.repeat(11)}about`))).toBe(true);
    expect(isPublic(parseMnemonic(generateMnemonic(english)))).toBe(false);
  });
});

describe('wallets', () => {
  it('are those that every other wallet program derives, the treasury past all of them', async () => {
    const mnemonic = parseMnemonic(generateMnemonic(english));
    const wallets = deriveWallets(mnemonic, await loadManifests([projectPath('agents')]));
    expect(wallets.map(({ index }) => index)).toEqual(Array.from({ length: 24 }, (_, index) => index));
    for (const { index, address } of wallets.slice(0, 3)) {
      expect(address).toBe(mnemonicToAccount(mnemonic.words, { addressIndex: index }).address);
    }
    expect(deriveTreasury(mnemonic).index).toBe(10_000);
  });
});

describe('the label of a version', () => {
  it('names the wallet and the generations and nothing else, within what AWS takes', () => {
    const generation = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(anyAddress, generation, generation, (address, hubGeneration, seedGeneration) => {
        const label = formatLabel({ address, hubGeneration, seedGeneration });
        expect(label.length).toBeGreaterThanOrEqual(32);
        expect(label.length).toBeLessThanOrEqual(64);
        expect(parseLabel(label)).toEqual({ address: address.toLowerCase(), hubGeneration, seedGeneration });
      }),
    );
    expect(parseLabel('3f2504e0-4f89-11d3-9a0c-0305e82c3301')).toBeUndefined();
  });

  it('tells an RPC’s address from another one, and each time that the same one is put there', () => {
    const [first, second] = ['https://rpc.example/planted-rpc-key', 'https://other.example/planted-rpc-key'];
    const label = formatRpcLabel(first, 1_790_000_000);
    expect(label).toMatch(/^[A-Za-z0-9-]{32,64}$/);
    expect(label).not.toContain('planted');
    const again = formatRpcLabel(first, 1_790_000_001);
    expect(again).not.toBe(label);
    expect(isSameRpc(label, again)).toBe(true);
    // Labels were without a time once.
    expect(isSameRpc(label.slice(0, 40), again)).toBe(true);
    expect(isSameRpc(label, formatRpcLabel(second, 1_790_000_000))).toBe(false);
    expect(isSameRpc('3f2504e0-4f89-11d3-9a0c-0305e82c3301', '3f2504e0-4f89-11d3-9a0c-0305e82c3301')).toBe(false);
  });
});

describe('the keys that follow from the mnemonic', () => {
  const words = parseMnemonic(generateMnemonic(english));
  const keys = deriveKeys(words, 'one/units/');

  it('are the same each time, and others for another agent, generation, fleet, purpose or mnemonic', () => {
    expect(deriveKeys(words, 'one/units/').hubPassword('kk-a', 7)).toBe(keys.hubPassword('kk-a', 7));
    const all = [
      keys.hubPassword('kk-a', 7),
      keys.hubPassword('kk-a', 8),
      keys.hubPassword('kk-b', 7),
      deriveKeys(words, 'two/units/').hubPassword('kk-a', 7),
      deriveKeys(parseMnemonic(generateMnemonic(english)), 'one/units/').hubPassword('kk-a', 7),
      Buffer.from(keys.deliverySeed('kk-a', 7), 'hex').toString('base64url'),
      Buffer.from(keys.deliverySeed('kk-a', 8), 'hex').toString('base64url'),
      Buffer.from(keys.pseudonymKey(), 'hex').toString('base64url'),
    ];
    expect(new Set(all).size).toBe(all.length);
    for (const value of all) expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('withAddress', () => {
  it('adds one line to each manifest of the project and can be repeated', async () => {
    const address = getAddress(`0x${'ab'.repeat(20)}`);
    for (const name of (await readdir(projectPath('agents'))).filter((one) => one.startsWith('kk-'))) {
      const text = await readFile(join(projectPath('agents'), name, 'manifest.yaml'), 'utf8');
      const bare = text.replace(/\n {4}address: "0x[0-9a-fA-F]{40}"/, '');
      const written = withAddress(bare, address) ?? '';
      expect(written.replace(`\n    address: "${address}"`, '')).toBe(bare);
      expect(withAddress(written, address)).toBe(written);
      expect((parse(written) as { spec: { wallet: unknown } }).spec.wallet).toMatchObject({ address });
    }
  });
});

function isValid(text: string): boolean {
  try {
    parseMnemonic(text);
    return true;
  } catch {
    return false;
  }
}
