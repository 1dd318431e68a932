import type { Address, Hex } from 'viem';
import { z } from 'zod';

/** 32 bytes as `0x` and 64 lower-case hex digits: the form of every id and root, on chain, on disk and in file names. */
export const hex32 = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 lower-case hex digits')
  .transform((text) => text as Hex);

/** Bytes of any length as lower-case hex with `0x`. */
export const hexBytes = z
  .string()
  .regex(/^0x(?:[0-9a-f]{2})*$/, 'must be 0x and an even number of lower-case hex digits')
  .transform((text) => text as Hex);

/** An account address in lower case, so that addresses can be compared as text. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hex digits')
  .transform((text) => text.toLowerCase() as Address);

/** An agent's name: also its folder, its git author and (unless the manifest says otherwise) its nick. */
export const agentName = z
  .string()
  .regex(
    /^kk-[a-z0-9](?:[a-z0-9_-]{0,29}[a-z0-9])?$/,
    'must be kk- and up to 31 of a-z, 0-9, _ and -, as in kk-karma-hello',
  );
export type AgentName = z.infer<typeof agentName>;

/** The name of an account of the hub, valid in git, IRC and notes. */
export const hubAccount = z.string().regex(/^[a-z][a-z0-9_-]{0,33}$/, 'must be up to 34 of a-z, 0-9, _ and -');

/** A nick on IRC, of characters that every server allows. */
export const ircNick = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,30}$/, 'must be a nick of at most 31 characters');

/** A product's name, as in `raw-logs`; the registry in lib/products says which exist. */
export const productName = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, 'must be a-z, 0-9 and -, as in raw-logs');
export type ProductName = z.infer<typeof productName>;

/** The EIP-712 hash of a signed offer. */
export type OfferId = Hex;

/** The EIP-712 hash of a signed request: the id of the trade in the vault, on S3, on IRC and on chain. */
export type TradeId = Hex;

/** Identities that write to the vault besides the agents. */
export const TREASURY = 'kk-treasury';
export const OPS = 'kk-ops';
/** The steward: it runs the treasury and the health checks where each agent has a container of its own. */
export const STEWARD = 'kk-steward';
export const PEOPLE = 'people';
/** The swarm itself: the hub's process, or the host on one machine. No account pushes as it. */
export const SWARM = 'karmakadabra';

/** The length of the id prefix that is used on IRC, in hex digits. */
export const WIRE_ID_DIGITS = 8;

/** The form of an id on IRC: its first hex digits, without `0x`. */
export function wireId(id: Hex): string {
  return id.slice(2, 2 + WIRE_ID_DIGITS);
}

/** Finds the one id in `ids` that starts with the wire form; undefined if none or several do. */
export function resolveWireId<Id extends Hex>(wire: string, ids: Iterable<Id>): Id | undefined {
  if (!/^[0-9a-f]{8,64}$/.test(wire)) return undefined;
  let found: Id | undefined;
  for (const id of ids) {
    if (!id.startsWith(`0x${wire}`)) continue;
    if (found !== undefined && found !== id) return undefined;
    found = id;
  }
  return found;
}
