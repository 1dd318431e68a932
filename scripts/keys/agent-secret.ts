import type { Address } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { z } from 'zod';
import { hex32 } from '../../lib/core/ids.ts';

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

/** Parses a secret's text; undefined for anything else. Says nothing about it: an error could show a part. */
export function parseAgentSecret(text: string): AgentSecret | undefined {
  try {
    return agentSecret.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Gives the address of a secret's wallet; undefined when its key is none. */
export function addressOf(secret: AgentSecret): Address | undefined {
  try {
    return privateKeyToAddress(secret.privateKey);
  } catch {
    return undefined;
  }
}
