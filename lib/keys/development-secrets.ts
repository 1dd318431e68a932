import { hkdfSync, randomBytes } from 'node:crypto';
import type { HDAccount } from 'viem';
import { english, generateMnemonic } from 'viem/accounts';
import { z } from 'zod';
import { writeDurably } from '../files/durable.ts';
import { readOwnJson } from '../files/own-json.ts';
import { PRIVATE } from '../files/private-file.ts';
import { accountsOf } from './mnemonic-accounts.ts';

const hexSeed = z.string().regex(/^[0-9a-f]{64}$/);

const secretsFile = z.object({
  mnemonic: z.string().min(20),
  /** Each agent's delivery seed is derived from it. */
  deliverySeed: hexSeed,
  /** The key of the pseudonyms that the seller of the logs makes. */
  pseudonymKey: hexSeed,
  objectStore: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
});

/** The secrets of a swarm on one machine: development keys, created once and kept in its state folder. */
export interface Secrets {
  readonly mnemonic: string;
  readonly pseudonymKey: Uint8Array;
  readonly objectStore: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The account at `m/44'/60'/0'/0/<index>`. */
  readonly account: (index: number) => HDAccount;
  /** The delivery seed of an agent: 32 bytes. */
  readonly deliverySeed: (name: string) => Uint8Array;
}

/** The treasury's address index: higher than any that a manifest may use. */
export const TREASURY_WALLET = 10_000;

/**
 * Reads the secrets of a state folder, or creates them where there are none. Only the owner of the file may read it.
 * @throws SwarmError `swarm/bad-secrets` for a damaged file. It is never replaced, because the swarm's money depends on it.
 */
export async function openSecrets(file: string): Promise<Secrets> {
  const known = await readOwnJson(file, secretsFile, {
    code: 'swarm/bad-secrets',
    next: "The swarm's keys are in it: restore it from a copy. Without it the money and the goods of this swarm are lost; swarm-ops reset removes them.",
  });
  if (known !== undefined) return secretsOf(known);
  const fresh: z.infer<typeof secretsFile> = {
    mnemonic: generateMnemonic(english),
    deliverySeed: randomBytes(32).toString('hex'),
    pseudonymKey: randomBytes(32).toString('hex'),
    objectStore: {
      accessKeyId: `KK${randomBytes(9).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
    },
  };
  await writeDurably(file, `${JSON.stringify(fresh, null, 2)}\n`, { mode: PRIVATE });
  return secretsOf(fresh);
}

function secretsOf(file: z.infer<typeof secretsFile>): Secrets {
  return {
    mnemonic: file.mnemonic,
    pseudonymKey: Buffer.from(file.pseudonymKey, 'hex'),
    objectStore: file.objectStore,
    account: accountsOf(file.mnemonic),
    deliverySeed: (name) =>
      new Uint8Array(hkdfSync('sha256', Buffer.from(file.deliverySeed, 'hex'), '', `kk/delivery-seed/1 ${name}`, 32)),
  };
}
