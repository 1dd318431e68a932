import type { Address } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { z } from 'zod';
import { hex32 } from '../core/ids.ts';

/** The required fields of an agent's secret. It may have others, such as an RPC address with a key. */
export const agentSecret = z.looseObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('AgentSecret'),
  name: z.string(),
  privateKey: hex32,
  /** 32 bytes. The keys of all sealed goods of this agent are derived from it. */
  deliverySeed: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AgentSecret = z.infer<typeof agentSecret>;

/** The kind of a secret with a wallet's key: an agent's or the steward's. */
export type WalletSecret = 'AgentSecret' | 'StewardSecret';

/** Parses a secret's text; undefined for any other text. It throws no error, because that could contain a part of the secret. */
export function parseAgentSecret(text: string): AgentSecret | undefined {
  try {
    return agentSecret.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const walletSecret = z.looseObject({ kind: z.string(), privateKey: hex32 });

/** Gives the address of the wallet in the text of a secret; undefined when the text is not a secret of this kind. */
export function addressIn(text: string, kind: WalletSecret): Address | undefined {
  try {
    const secret = walletSecret.parse(JSON.parse(text));
    return secret.kind === kind ? privateKeyToAddress(secret.privateKey) : undefined;
  } catch {
    return undefined;
  }
}
