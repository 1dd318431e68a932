import type { Address } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { z } from 'zod';
import { hex32 } from '../core/ids.ts';

/** What one agent's secret holds at least. Others may add fields, such as an RPC address with a key. */
export const agentSecret = z.looseObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('AgentSecret'),
  name: z.string(),
  privateKey: hex32,
  /** 32 bytes, from which the keys to all sealed goods of this agent follow. */
  deliverySeed: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AgentSecret = z.infer<typeof agentSecret>;

/** A secret with a wallet's key in it, an agent's or the steward's. */
export type WalletSecret = 'AgentSecret' | 'StewardSecret';

/** Parses a secret's text; undefined for anything else. Says nothing about it: an error could show a part. */
export function parseAgentSecret(text: string): AgentSecret | undefined {
  try {
    return agentSecret.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const walletSecret = z.looseObject({ kind: z.string(), privateKey: hex32 });

/** Gives the address of the wallet in the text of a secret of a kind; undefined when it is none, or its key is none. */
export function addressIn(text: string, kind: WalletSecret): Address | undefined {
  try {
    const secret = walletSecret.parse(JSON.parse(text));
    return secret.kind === kind ? privateKeyToAddress(secret.privateKey) : undefined;
  } catch {
    return undefined;
  }
}
