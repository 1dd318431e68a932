import { hkdfSync } from 'node:crypto';
import { toSeed } from 'ox/Mnemonic';
import type { Mnemonic } from './mnemonic.ts';

/**
 * The values of a unit's secret besides its wallet key. All are derived from the mnemonic, because the role that writes secrets may
 * not read them: it has to write a password into both the agent's and the hub's secret, and has to keep values when it replaces a
 * secret. This adds no risk: whoever has the mnemonic has the money already.
 *
 * A generation is part of the derivation and of the label of the secret's version, which that role may list: another generation
 * gives another value. Fleets with other prefixes have other values.
 */
export interface DerivedKeys {
  /** 43 characters of base64url: 32 bytes. */
  readonly hubPassword: (account: string, generation: number) => string;
  /** 64 hex digits. */
  readonly deliverySeed: (agent: string, generation: number) => string;
  /** 64 hex digits. It has no generation: another key would give the same people other pseudonyms. */
  readonly pseudonymKey: () => string;
}

/** Derives values by HKDF-SHA256 (RFC 5869) from the mnemonic's seed (BIP-39), with a purpose, the prefix and a name as info. */
export function deriveKeys(mnemonic: Mnemonic, prefix: string): DerivedKeys {
  const seed = toSeed(mnemonic.words, { as: 'Bytes' });
  const derive = (...info: readonly (string | number)[]): Buffer =>
    // No part contains a line feed, so that different parts never give the same info.
    Buffer.from(hkdfSync('sha256', seed, 'karmakadabra', ['kk/1', prefix, ...info].join('\n'), 32));
  return {
    hubPassword: (account, generation) => derive('hub-password', account, generation).toString('base64url'),
    deliverySeed: (agent, generation) => derive('delivery-seed', agent, generation).toString('hex'),
    pseudonymKey: () => derive('pseudonyms').toString('hex'),
  };
}
