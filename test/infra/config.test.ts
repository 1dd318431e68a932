import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lib/fleet/fleet-config.ts';
import { readFleetConfig } from '../../lib/fleet/read-config.ts';
import { fleetConfig, REPOSITORY } from './support.ts';

const image = `${REPOSITORY}/agent@sha256:${'a'.repeat(64)}`;
const problemOf = (changes: Record<string, unknown>): string => {
  try {
    fleetConfig(changes);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
};

describe('the configuration', () => {
  it.each([
    ['an image by tag', { images: { agent: `${REPOSITORY}/agent:v1`, hub: image } }, /images.*sha256/],
    ['no image', { images: undefined }, /images/],
    ['an unknown field', { ssh: true }, /ssh/],
    ['an account as a number', { accountId: 123456789012 }, /accountId/],
    [
      'an RPC address with a key in it',
      {
        chain: {
          id: 'eip155:8453',
          rpcUrl: 'https://base.example/v2/0123456789abcdef0123',
          escrow: `0x${'1'.repeat(40)}`,
          token: `0x${'1'.repeat(40)}`,
        },
      },
      /rpcUrl/,
    ],
    [
      'a password in the RPC address',
      {
        chain: {
          id: 'eip155:8453',
          rpcUrl: 'https://a:b@base.example',
          escrow: `0x${'1'.repeat(40)}`,
          token: `0x${'1'.repeat(40)}`,
        },
      },
      /rpcUrl/,
    ],
    ['a moving system image', { machine: { image: 'latest' } }, /machine\.image/],
    ['a name too long for roles', { stack: 'a'.repeat(30) }, /stack/],
  ] as const)('refuses %s by the name of its field', (_, changes, message) => {
    expect(problemOf(changes)).toMatch(message);
  });

  it('says what to do when it is missing', () => {
    expect(() => readFleetConfig('infra/nowhere.yaml')).toThrow(
      expect.objectContaining({ code: 'infra/no-config', next: expect.stringContaining('fleet.example.yaml') }),
    );
  });

  it('can be begun from the example', () => {
    expect(readFleetConfig('infra/fleet.example.yaml').images).toBe('pending');
  });

  it('never repeats the value of a field it refuses', () => {
    expect(() => parseConfig({ mnemonic: 'test test junk' }, 'x')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('junk') }),
    );
  });
});
