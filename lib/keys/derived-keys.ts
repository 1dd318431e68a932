import { hkdfSync } from 'node:crypto';
import { toSeed } from 'ox/Mnemonic';
import type { Mnemonic } from './mnemonic.ts';

/**
 * What a unit's secret holds besides its wallet key, all of it following from the mnemonic. The role that fills secrets may
 * not read them: so a password must be told to both sides, the agent and the hub, and a secret be written anew with what
 * must stay, by somebody who knows neither. Whoever holds the mnemonic holds the money already.
 *
 * A generation is part of the derivation and stands in the label of the secret's version, which may be listed: another
 * generation gives another value. Fleets of other prefixes have other values.
 */
export interface DerivedKeys {
  /** 43 characters of base64url: 32 bytes. */
  readonly hubPassword: (account: string, generation: number) => string;
  /** 64 hex digits. */
  readonly deliverySeed: (agent: string, generation: number) => string;
  /** 64 hex digits. Has no generation: another key would make other pseudonyms of the same people. */
  readonly pseudonymKey: () => string;
}

/** Derives by HKDF-SHA256 (RFC 5869) from the mnemonic's seed (BIP-39) with a purpose, the prefix and a name as info. */
export function deriveKeys(mnemonic: Mnemonic, prefix: string): DerivedKeys {
  const seed = toSeed(mnemonic.words, { as: 'Bytes' });
  const derive = (...info: readonly (string | number)[]): Buffer =>
    // Parts are joined by what none of them holds.
    Buffer.from(hkdfSync('sha256', seed, 'karmakadabra', ['kk/1', prefix, ...info].join('\n'), 32));
  return {
    hubPassword: (account, generation) => derive('hub-password', account, generation).toString('base64url'),
    deliverySeed: (agent, generation) => derive('delivery-seed', agent, generation).toString('hex'),
    pseudonymKey: () => derive('pseudonyms').toString('hex'),
  };
}
